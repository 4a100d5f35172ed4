// The state store: absolute values with a marker, in one step.
#include <doctest/doctest.h>

#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

std::map<StateKey, Bytes> entries(const StateStore& store) {
    std::map<StateKey, Bytes> all;
    REQUIRE_OK(store.load([&](StateKey key, Bytes value) {
        CHECK(all.emplace(std::move(key), std::move(value)).second);
    }));
    return all;
}

StateStore::Marker marker_at(u64 height) {
    return {height, HeaderHash(ByteArray<32>{static_cast<u8>(height)}), Hash{1}};
}

}  // namespace

TEST_CASE("state store: an empty one has no marker and no entries") {
    TestFolder folder;
    const auto store = open_state_store(folder.path / "state").value();
    CHECK_FALSE(*store->marker());
    CHECK(entries(*store).empty());
}

TEST_CASE("state store: random flushes give the map, also after it was closed") {
    TestFolder folder;
    std::mt19937_64 random(7);
    std::map<StateKey, Bytes> expected;
    auto store = open_state_store(folder.path).value();
    for (u64 height = 1; height <= 60; ++height) {
        StateTree::Changes changes;
        for (u64 i = random() % 30; i > 0; --i) {
            StateKey key{static_cast<u8>(random() % 256), static_cast<u8>(random() % 3)};
            if (random() % 8 == 0) key.assign(1, static_cast<u8>(random() % 256));
            if (random() % 3 == 0)
                changes[key] = std::nullopt;
            else
                changes[key] = Bytes(random() % 50, static_cast<u8>(random()));
        }
        for (const auto& [key, value] : changes) {
            if (value)
                expected[key] = *value;
            else
                expected.erase(key);
        }
        REQUIRE_OK(store->flush({&changes, 1}, marker_at(height), {}));
        if (height % 10 == 0) {
            store.reset();
            store = open_state_store(folder.path).value();
        }
        CHECK(**store->marker() == marker_at(height));
        CHECK(entries(*store) == expected);
    }
}

TEST_CASE("state store: an empty value is not an erased one") {
    TestFolder folder;
    const auto store = open_state_store(folder.path).value();
    const StateTree::Changes changes{{StateKey{1}, Bytes{}}, {StateKey{2}, std::nullopt}};
    REQUIRE_OK(store->flush({&changes, 1}, marker_at(1), {}));
    CHECK(entries(*store) == std::map<StateKey, Bytes>{{StateKey{1}, Bytes{}}});
}

TEST_CASE("state store: of several blocks at once the later ones win") {
    TestFolder folder;
    const auto store = open_state_store(folder.path).value();
    std::mt19937_64 random(4);
    std::map<StateKey, Bytes> expected;
    u64 height = 0;
    for (int round = 0; round < 20; ++round) {
        std::vector<StateTree::Changes> blocks(random() % 6);
        for (StateTree::Changes& block : blocks) {
            ++height;
            for (u64 left = random() % 20; left > 0; --left) {
                const StateKey key{static_cast<u8>(random() % 30)};
                if (random() % 4 == 0) {
                    block[key] = std::nullopt;
                    expected.erase(key);
                } else {
                    block[key] = Bytes{static_cast<u8>(random())};
                    expected[key] = *block[key];
                }
            }
        }
        REQUIRE_OK(store->flush(blocks, marker_at(height), {}));
        CHECK(entries(*store) == expected);
    }
}
