#include "base/strong_id.h"

#include <doctest/doctest.h>

#include <concepts>
#include <set>

using namespace jangbu;

namespace {

using OrderId = StrongId<struct OrderTag>;
using ListingId = StrongId<struct ListingTag>;
using Nonce = StrongId<struct NonceTag, 16>;

// Two kinds of id mix nowhere, and an id and its bytes only where it is written out.
static_assert(!std::convertible_to<OrderId, ListingId>);
static_assert(!std::constructible_from<OrderId, ListingId>);
static_assert(!std::assignable_from<OrderId&, ListingId>);
static_assert(!std::equality_comparable_with<OrderId, ListingId>);
static_assert(!std::convertible_to<ByteArray<32>, OrderId>);
static_assert(!std::convertible_to<OrderId, ByteArray<32>>);
static_assert(!std::convertible_to<OrderId, ByteView>);
static_assert(std::constructible_from<OrderId, ByteArray<32>>);
static_assert(!std::constructible_from<OrderId, ByteArray<16>>);
static_assert(sizeof(Nonce) == 16);

}  // namespace

TEST_CASE("strong id: reads and writes hex strictly") {
    const std::string hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
    const auto id = OrderId::from_hex(hex);
    REQUIRE(id);
    CHECK(id->hex() == hex);
    CHECK(id->bytes[31] == 0xff);
    CHECK(!OrderId::from_hex(hex + "00"));
    CHECK(!OrderId::from_hex(hex.substr(2)));
    CHECK(!OrderId::from_hex("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1EFF"));
}

TEST_CASE("strong id: orders by its bytes from the first, and is zero by default") {
    ByteArray<32> low{}, high{};
    low[31] = 0xff;
    high[0] = 1;
    CHECK(OrderId(low) < OrderId(high));
    CHECK(OrderId().is_zero());
    CHECK(!OrderId(low).is_zero());
    const std::set<OrderId> sorted = {OrderId(high), OrderId(low), OrderId(low)};
    CHECK(sorted.size() == 2);
    CHECK(*sorted.begin() == OrderId(low));
}
