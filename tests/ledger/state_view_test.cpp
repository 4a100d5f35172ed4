// Overlays: what an operation writes is seen at once, kept by apply_to, and gone when dropped.
#include "ledger/state_view.h"

#include <doctest/doctest.h>

#include "ledger/state_tree.h"

using namespace jangbu;
using namespace jangbu::ledger;

TEST_CASE("state view: a key is the table's number and the id's parts in order") {
    CHECK(state_key(Table::order_public, Bytes{1, 2}) == Bytes{7, 1, 2});
    CHECK(state_key(Table::attestation, {Bytes{1, 2}, Bytes{3}}) == Bytes{12, 1, 2, 3});
    CHECK(state_key(Table::parameter, as_bytes("fee_bps")) ==
          concat({Bytes{4}, as_bytes("fee_bps")}));
}

TEST_CASE("state view: an overlay shadows what is below and leaves it alone") {
    const StateTree below =
        StateTree().updated({{Bytes{250, 1}, Bytes{1}}, {Bytes{250, 2}, Bytes{2}}});
    Overlay block(below);
    block.put(Bytes{250, 3}, Bytes{3});
    {
        Overlay rejected(block);
        rejected.put(Bytes{250, 1}, Bytes{9});
        rejected.erase(Bytes{250, 2});
        CHECK(*rejected.find(Bytes{250, 1}) == Bytes{9});
        CHECK(rejected.find(Bytes{250, 2}) == nullptr);
        CHECK(*rejected.find(Bytes{250, 3}) == Bytes{3});
    }
    CHECK(*block.find(Bytes{250, 1}) == Bytes{1});
    CHECK(*block.find(Bytes{250, 2}) == Bytes{2});

    Overlay kept(block);
    kept.erase(Bytes{250, 1});
    kept.put(Bytes{250, 4}, Bytes{});
    kept.apply_to(block);
    CHECK(block.find(Bytes{250, 1}) == nullptr);
    REQUIRE(block.find(Bytes{250, 4}) != nullptr);
    CHECK(block.find(Bytes{250, 4})->empty());
    CHECK(block.changes().size() == 3);
    const StateTree after = below.updated(block.changes());
    CHECK(after.size() == 3);
    CHECK(below.size() == 2);
}

TEST_CASE("state view: reads are recorded when asked for, found or not") {
    const StateTree below = StateTree().updated({{Bytes{250, 1}, Bytes{1}}});
    Overlay overlay(below);
    std::vector<StateKey> reads;
    overlay.find(Bytes{250, 1});
    overlay.record_reads(&reads);
    overlay.find(Bytes{250, 2});
    overlay.find(Bytes{250, 1});
    CHECK(reads == std::vector<StateKey>{Bytes{250, 2}, Bytes{250, 1}});
}
