// The index of transactions: the same answers whether its entries are in memory or in its file.
#include "ledger/place_index.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

// Few first bytes, so that keys fall together and stretches have equal fences.
TxId random_id(std::mt19937_64& random, bool is_close) {
    TxId id;
    for (u8& byte : id.bytes) byte = static_cast<u8>(random());
    if (is_close) {
        std::fill_n(id.bytes.begin(), 8, u8{7});
        id.bytes[0] = static_cast<u8>(random() % 3);
    }
    return id;
}

void check_against_map(PlaceIndex& index, std::size_t entries, bool is_close, u64 seed) {
    std::mt19937_64 random(seed);
    std::map<TxId, std::pair<u64, u32>> expected;
    for (u64 height = 1; expected.size() < entries; ++height) {
        const auto count = static_cast<u32>(random() % 40);
        for (u32 i = 0; i < count; ++i) {
            const TxId id = random_id(random, is_close);
            index.add(id, height, i);
            expected[id] = {height, i};
        }
        const auto some = expected.lower_bound(random_id(random, is_close));
        if (some != expected.end()) CHECK(index.find(some->first).value() == some->second);
        CHECK_FALSE(index.find(random_id(random, is_close)).value());
    }
    CHECK(index.size() == expected.size());
    for (const auto& [id, place] : expected) REQUIRE(index.find(id).value() == place);
}

}  // namespace

TEST_CASE("place index: finds every transaction in memory and in its file") {
    TestFolder folder;
    for (const bool is_close : {false, true}) {
        for (const std::size_t held : {1u, 100u, 500u, 100'000u}) {
            CAPTURE(held);
            PlaceIndex index(folder.path, held);
            check_against_map(index, 6'000, is_close, held + (is_close ? 1 : 0));
            CHECK(index.size() - index.spilled() <= held);
            CHECK((index.spilled() > 0) == (held < 6'000));
        }
    }
    CHECK(std::filesystem::is_empty(folder.path));  // its file has no name
}

TEST_CASE("place index: where no file can be made it stays in memory and finds the same") {
    log::set_level(log::Level::error);
    TestFolder folder;
    PlaceIndex index(folder.path / "missing", 100);
    check_against_map(index, 3'000, false, 1);
    CHECK(index.spilled() == 0);
}
