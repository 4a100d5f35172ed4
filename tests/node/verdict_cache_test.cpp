// What is kept, for how long, and that no other signature ever passes for a kept one.
#include "node/verdict_cache.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <set>

using namespace jangbu;
using node::VerdictCache;

namespace {

VerdictCache::Name numbered(u64 number) {
    return crypto::sha256(le64(number));
}

bool has_good(const VerdictCache& cache, const VerdictCache::Name& name) {
    bool good = false;
    cache.find({&name, 1}, {&good, 1});
    return good;
}
void add_good(VerdictCache& cache, const VerdictCache::Name& name) {
    cache.add({&name, 1});
}

}  // namespace

TEST_CASE("verdict cache: another bit of key, signature or message is another name") {
    VerdictCache cache(1'000);
    const crypto::SigningKey author(crypto::sha256(as_bytes("author")));
    Bytes message(46, 7);
    crypto::Claim claim{author.public_key(), {}, message};
    claim.signature = crypto::random_array<64>();
    add_good(cache, cache.name(claim));
    CHECK(has_good(cache, cache.name(claim)));

    for (std::size_t bit = 0; bit < 8 * 32; ++bit) {
        crypto::Claim other = claim;
        other.key.bytes[bit / 8] ^= static_cast<u8>(1u << bit % 8);
        CHECK_FALSE(has_good(cache, cache.name(other)));
    }
    for (std::size_t bit = 0; bit < 8 * 64; ++bit) {
        crypto::Claim other = claim;
        other.signature[bit / 8] ^= static_cast<u8>(1u << bit % 8);
        CHECK_FALSE(has_good(cache, cache.name(other)));
    }
    for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
        Bytes changed = message;
        changed[bit / 8] ^= static_cast<u8>(1u << bit % 8);
        CHECK_FALSE(has_good(cache, cache.name({claim.key, claim.signature, changed})));
    }
    CHECK_FALSE(
        has_good(cache, cache.name({claim.key, claim.signature, ByteView(message).first(45)})));
    message.push_back(0);
    CHECK_FALSE(has_good(cache, cache.name({claim.key, claim.signature, message})));
    CHECK(cache.size() == 1);
}

TEST_CASE("verdict cache: names differ from one process to the next, so that none can be aimed") {
    const crypto::Claim claim{};
    CHECK(VerdictCache(1).name(claim) != VerdictCache(1).name(claim));
}

TEST_CASE("verdict cache: keeps the newest and never more than it may") {
    for (const std::size_t most : {1u, 2u, 3u, 100u}) {
        VerdictCache cache(most);
        for (u64 i = 0; i < 5 * most; ++i) {
            add_good(cache, numbered(i));
            CHECK(cache.size() == std::min<std::size_t>(i + 1, most));
            for (u64 j = 0; j <= i; ++j) CHECK(has_good(cache, numbered(j)) == (j + most > i));
        }
    }
}

TEST_CASE("verdict cache: what is added again keeps its age") {
    VerdictCache cache(2);
    add_good(cache, numbered(1));
    add_good(cache, numbered(2));
    add_good(cache, numbered(1));
    CHECK(cache.size() == 2);
    add_good(cache, numbered(3));
    CHECK_FALSE(has_good(cache, numbered(1)));
    CHECK(has_good(cache, numbered(2)));
}

TEST_CASE(
    "verdict cache: agrees with a plain list over random histories, also where names collide") {
    // First bytes from a small range, so that probes run long and over the end of the table.
    std::mt19937_64 random(5);
    VerdictCache cache(64);
    std::deque<VerdictCache::Name> plain;  // oldest first
    for (int step = 0; step < 20'000; ++step) {
        VerdictCache::Name name{};
        name[0] = static_cast<u8>(126 + random() % 3);
        name[30] = static_cast<u8>(random() % 100);
        const bool kept = std::find(plain.begin(), plain.end(), name) != plain.end();
        REQUIRE(has_good(cache, name) == kept);
        if (random() % 2 == 0 || kept) continue;
        add_good(cache, name);
        plain.push_back(name);
        if (plain.size() > 64) plain.pop_front();
        REQUIRE(cache.size() == plain.size());
    }
    for (const VerdictCache::Name& name : plain) CHECK(has_good(cache, name));
}
