#include "base/side_thread.h"

#include <doctest/doctest.h>

#include <atomic>

using namespace jangbu;
using namespace jangbu::base;

TEST_SUITE("side_thread") {
    TEST_CASE("a task runs beside its owner, and wait gives its outcome once") {
        SideThread side;
        CHECK(side.wait().has_value());  // nothing was started
        std::atomic<bool> owner_went_on = false;
        side.start([&]() -> Status {
            while (!owner_went_on) std::this_thread::yield();  // alone it would never end
            return fail(ErrorCode::io, "as it was told");
        });
        CHECK(side.is_busy());
        owner_went_on = true;
        const Status outcome = side.wait();
        CHECK(outcome.error().detail == "as it was told");
        CHECK_FALSE(side.is_busy());
        CHECK(side.wait().has_value());
    }

    TEST_CASE("tasks come one after the other, and the last is finished at the end") {
        int done = 0;
        {
            SideThread side;
            for (int i = 0; i < 1'000; ++i) {
                side.start([&]() -> Status {
                    ++done;
                    return {};
                });
                if (i < 999) REQUIRE(side.wait().has_value());
            }
        }
        CHECK(done == 1'000);
    }
}
