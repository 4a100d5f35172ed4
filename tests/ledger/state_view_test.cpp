// Overlays: what an operation writes is seen at once, kept by apply_to, and gone when dropped.
#include "ledger/state_view.h"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "ledger/id_set.h"
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
        CHECK(to_bytes(*rejected.find(Bytes{250, 1})) == Bytes{9});
        CHECK_FALSE(rejected.find(Bytes{250, 2}));
        CHECK(to_bytes(*rejected.find(Bytes{250, 3})) == Bytes{3});
    }
    CHECK(to_bytes(*block.find(Bytes{250, 1})) == Bytes{1});
    CHECK(to_bytes(*block.find(Bytes{250, 2})) == Bytes{2});

    Overlay kept(block);
    kept.erase(Bytes{250, 1});
    kept.put(Bytes{250, 4}, Bytes{});
    kept.apply_to(block);
    CHECK_FALSE(block.find(Bytes{250, 1}));
    REQUIRE(block.find(Bytes{250, 4}));
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

namespace {

// Of every length that a key may have, the longest included: one more than three ids.
StateKey long_key(u8 number) {
    StateKey key(2 + number % 100, u8{1});
    key.back() = number;
    return key;
}

}  // namespace

TEST_CASE("state view: a chain of overlays agrees with maps, whatever is written and dropped") {
    std::mt19937_64 random(2);
    std::map<StateKey, Bytes> expected;
    for (u8 i = 0; i < 200; ++i) expected[long_key(i)] = Bytes{i};
    const StateTree below = StateTree().updated({expected.begin(), expected.end()});
    for (const u64 seed : {u64{0}, u64{0x123456789abcdef}}) {
        std::map<StateKey, Bytes> block_map = expected;
        Overlay block(below, seed);
        for (int round = 0; round < 500; ++round) {
            std::map<StateKey, Bytes> map = block_map;
            if (seed != 0 && random() % 4 == 0) {
                // Some twice, some known already, some not there: nothing changes.
                std::vector<StateKey> soon;
                for (u64 left = random() % 300; left > 0; --left)
                    soon.push_back(long_key(static_cast<u8>(random())));
                block.fetch(std::move(soon));
            }
            Overlay attempt(block);
            for (u64 left = random() % 30; left > 0; --left) {
                const StateKey key = long_key(static_cast<u8>(random()));
                const u8 value = static_cast<u8>(random());
                switch (random() % 3) {
                    case 0:
                        attempt.put(key, Bytes{value});
                        map[key] = Bytes{value};
                        break;
                    case 1:
                        attempt.erase(key);
                        map.erase(key);
                        break;
                    default: {
                        const std::optional<ByteView> found = attempt.find(key);
                        REQUIRE(found.has_value() == map.contains(key));
                        if (found) REQUIRE(to_bytes(*found) == map.at(key));
                    }
                }
            }
            if (random() % 3 == 0) continue;  // dropped
            if (random() % 2 == 0)
                attempt.apply_to(block);
            else
                std::move(attempt).apply_to(block);
            block_map = map;
        }
        const auto changes = block.changes();
        const StateTree after = below.updated(changes);
        CHECK(after.root() == StateTree().updated({block_map.begin(), block_map.end()}).root());
        CHECK(block.take_changes() == changes);
    }
}

TEST_CASE("id set: agrees with a set, also when ids fall together and are erased") {
    std::mt19937_64 random(3);
    for (const u64 homes : {3u, 1'000u}) {
        IdSet ids;
        std::set<TxId> expected;
        for (int i = 0; i < 20'000; ++i) {
            TxId id;
            id.bytes[8] = static_cast<u8>(random() % homes);  // what the set looks at
            id.bytes[0] = static_cast<u8>(random() % 50);
            if (random() % 2 == 0) {
                REQUIRE(ids.insert(id) == expected.insert(id).second);
            } else {
                ids.erase(id);
                expected.erase(id);
            }
            REQUIRE(ids.size() == expected.size());
            REQUIRE(ids.contains(id) == expected.contains(id));
        }
        for (const TxId& id : expected) REQUIRE(ids.contains(id));
    }
}
