#include "base/worker_pool.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace jangbu;

TEST_SUITE("worker_pool") {
    TEST_CASE("every index is called once, whatever the number of threads and of indices") {
        for (const unsigned threads : {1u, 2u, 3u, 8u}) {
            base::WorkerPool pool(threads);
            CHECK(pool.threads() == threads);
            for (std::size_t count = 0; count < 300; ++count) {
                std::vector<std::atomic<int>> calls(count);
                pool.run(count, [&](std::size_t i) { ++calls[i]; });
                CHECK(std::ranges::all_of(calls, [](const auto& times) { return times == 1; }));
            }
        }
    }

    TEST_CASE("several threads may ask at once: each gets its whole job") {
        base::WorkerPool pool(3);
        std::vector<std::thread> callers;
        std::atomic<std::size_t> total = 0;
        for (int caller = 0; caller < 4; ++caller)
            callers.emplace_back([&] {
                for (int round = 0; round < 200; ++round) {
                    std::atomic<std::size_t> mine = 0;
                    pool.run(17, [&](std::size_t i) { mine += i; });
                    total += mine;
                }
            });
        for (std::thread& caller : callers) caller.join();
        CHECK(total == 4 * 200 * (16 * 17 / 2));
    }

    TEST_CASE("work is shared: two threads are inside tasks at the same time") {
        base::WorkerPool pool(2);
        std::atomic<int> inside = 0;
        // Each of two tasks waits for the other, so one thread alone would never end.
        pool.run(2, [&](std::size_t) {
            ++inside;
            while (inside < 2) std::this_thread::yield();
        });
        CHECK(inside == 2);
    }
}
