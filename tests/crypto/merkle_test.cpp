#include "crypto/merkle.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "crypto/cpu.h"
#include "tests/support/vectors.h"

using namespace jangbu;
using namespace jangbu::crypto;
using namespace jangbu::test;

namespace {

// The entries of the vectors: le64(0) to le64(n - 1).
std::vector<Hash> numbered(u64 n) {
    std::vector<Hash> leaves;
    for (u64 i = 0; i < n; ++i) leaves.push_back(merkle::leaf(le64(i)));
    return leaves;
}

// The definition, RFC 9162 section 2.1.1, word for word.
Hash root_by_definition(std::span<const Hash> leaves) {
    if (leaves.empty()) return sha256(ByteView{});
    if (leaves.size() == 1) return leaves[0];
    std::size_t k = 1;
    while (2 * k < leaves.size()) k *= 2;
    const u8 prefix[] = {0x01};
    const Hash left = root_by_definition(leaves.first(k));
    const Hash right = root_by_definition(leaves.subspan(k));
    return sha256({prefix, left, right});
}

}  // namespace

TEST_CASE("merkle: agrees with the example tree of RFC 6962 implementations") {
    std::vector<Hash> leaves;
    for (const char* entry : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                              "606162636465666768696a6b6c6d6e6f"})
        leaves.push_back(merkle::leaf(bytes_of(entry)));
    CHECK(to_hex(merkle::root(std::span(leaves).first(1))) ==
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    CHECK(to_hex(merkle::root(leaves)) ==
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST_CASE("merkle: every list of the vectors, root, paths and frontier") {
    const json& lists = vectors("hashes.json")["lists"];
    CHECK(lists.size() == 22);
    for (const json& list : lists) {
        const u64 n = number_of(list["n"]);
        const std::vector<Hash> leaves = numbered(n);
        const Hash root = array_of<32>(list["root"]);
        CHECK(merkle::root(leaves) == root);
        merkle::Frontier frontier;
        for (const Hash& leaf : leaves) frontier.append(leaf);
        CHECK(frontier.size() == n);
        CHECK(frontier.root() == root);
        for (const json& vector : list["inclusion"]) {
            const u64 index = number_of(vector["index"]);
            const std::vector<Hash> path = hashes_of(vector["path"]);
            CHECK(merkle::inclusion(index, leaves) == path);
            CHECK(merkle::path_length(index, n) == path.size());
            CHECK(merkle::verify_inclusion(leaves[index], index, n, path, root));
        }
        for (const json& vector : list["consistency"]) {
            const u64 first = number_of(vector["first"]);
            const Hash first_root = array_of<32>(vector["first_root"]);
            const std::vector<Hash> path = hashes_of(vector["path"]);
            CHECK(merkle::root(std::span(leaves).first(first)) == first_root);
            CHECK(merkle::consistency(first, leaves) == path);
            CHECK(merkle::verify_consistency(first, n, first_root, root, path));
        }
    }
}

TEST_CASE("merkle: refuses every path of the vectors that must fail") {
    const json& bad = vectors("hashes.json")["lists_must_fail"];
    const Hash root = array_of<32>(bad["root"]);
    CHECK(bad["inclusion"].size() == 15);
    for (const json& vector : bad["inclusion"])
        CHECK_MESSAGE(
            !merkle::verify_inclusion(array_of<32>(vector["leaf"]), number_of(vector["index"]),
                                      number_of(vector["size"]), hashes_of(vector["path"]), root),
            vector["reason"]);
    CHECK(bad["consistency"].size() == 13);
    for (const json& vector : bad["consistency"])
        CHECK_MESSAGE(!merkle::verify_consistency(
                          number_of(vector["first"]), number_of(vector["second"]),
                          array_of<32>(vector["first_root"]), root, hashes_of(vector["path"])),
                      vector["reason"]);
}

TEST_CASE("merkle: the frontier has the root of the list after every entry") {
    const std::vector<Hash> leaves = numbered(260);
    merkle::Frontier frontier;
    CHECK(frontier.root() == merkle::empty_root());
    for (std::size_t n = 1; n <= leaves.size(); ++n) {
        frontier.append(leaves[n - 1]);
        CHECK(frontier.root() == merkle::root(std::span(leaves).first(n)));
    }
}

TEST_CASE("merkle: a path proves its own leaf and place, and nothing once it is touched") {
    CHECK(rc::check([] {
        const u64 n = *rc::gen::inRange<u64>(1, 200);
        const u64 index = *rc::gen::inRange<u64>(0, n);
        const std::vector<Hash> leaves = numbered(n);
        const Hash root = merkle::root(leaves);
        std::vector<Hash> path = merkle::inclusion(index, leaves);
        RC_ASSERT(merkle::verify_inclusion(leaves[index], index, n, path, root));
        for (u64 other = 0; other < n; ++other)
            if (other != index)
                RC_ASSERT(!merkle::verify_inclusion(leaves[index], other, n, path, root));
        RC_ASSERT(!merkle::verify_inclusion(merkle::leaf(le64(n)), index, n, path, root));
        if (path.empty()) return;
        const auto at = *rc::gen::inRange<std::size_t>(0, path.size());
        path[at][*rc::gen::inRange<std::size_t>(0, 32)] ^= 1;
        RC_ASSERT(!merkle::verify_inclusion(leaves[index], index, n, path, root));
        path.pop_back();
        RC_ASSERT(!merkle::verify_inclusion(leaves[index], index, n, path, root));
    }));
}

TEST_CASE("merkle: a list is consistent with its own beginnings and with no other list") {
    CHECK(rc::check([] {
        const u64 n = *rc::gen::inRange<u64>(2, 200);
        const u64 first = *rc::gen::inRange<u64>(1, n);
        std::vector<Hash> leaves = numbered(n);
        const Hash old_root = merkle::root(std::span(leaves).first(first));
        const Hash root = merkle::root(leaves);
        const std::vector<Hash> path = merkle::consistency(first, leaves);
        RC_ASSERT(merkle::verify_consistency(first, n, old_root, root, path));
        RC_ASSERT(!merkle::verify_consistency(first, n, root, old_root, path));
        // A history rewritten before `first`, with the best path it has.
        leaves[*rc::gen::inRange<u64>(0, first)] = merkle::leaf(as_bytes("rewritten"));
        RC_ASSERT(!merkle::verify_consistency(first, n, old_root, merkle::root(leaves),
                                              merkle::consistency(first, leaves)));
    }));
}

TEST_CASE("merkle: any sizes and any path give a verdict") {
    CHECK(rc::check([](u64 index, u64 size, const std::vector<Hash>& path) {
        // Another root than the leaf: a tree of one leaf with no path is that leaf.
        RC_ASSERT(!merkle::verify_inclusion({}, index, size, path, {1}));
        merkle::verify_consistency(index, size, {}, {1}, path);
    }));
    const u64 most = ~u64{0};
    CHECK(merkle::path_length(most - 1, most) == 63);
    CHECK(!merkle::verify_inclusion({}, most, most, {}, {}));
    CHECK(!merkle::verify_consistency(most - 1, most, {}, {}, {}));
}

TEST_CASE("merkle: a leaf in parts is the leaf of the whole") {
    CHECK(merkle::leaf({as_bytes("ab"), as_bytes("c")}) == merkle::leaf(as_bytes("abc")));
    CHECK(merkle::leaf(ByteView{}) != merkle::empty_root());
}

TEST_CASE("merkle: roots made level by level are those of the definition, on every tier") {
    std::vector<Hash> leaves = numbered(10'000);
    std::vector<std::size_t> sizes = {511,   512,   513,   1'023, 1'024, 1'025, 2'047,
                                      2'048, 2'049, 4'095, 4'096, 4'097, 10'000};
    for (std::size_t n = 0; n <= 300; ++n) sizes.push_back(n);
    const Tier before = tier();
    for (const Tier wanted : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
        if (!force_tier(wanted)) {
            MESSAGE("SKIPPED: this CPU has no ", std::string(name(wanted)));
            continue;
        }
        for (const std::size_t n : sizes) {
            const auto list = std::span(leaves).first(n);
            CHECK(merkle::root(list) == root_by_definition(list));
        }
    }
    REQUIRE(force_tier(before));
}

TEST_CASE("merkle: many leaves and a level at once are those made one by one") {
    for (const std::size_t n : {0u, 1u, 2u, 3u, 7u, 8u, 127u, 128u, 129u, 300u}) {
        std::vector<ByteArray<32>> ids;
        std::vector<Bytes> rests;
        for (std::size_t i = 0; i < n; ++i) {
            ids.push_back(sha256(le64(i)));
            rests.emplace_back(i * 7 % 200, static_cast<u8>(i));
        }
        std::vector<merkle::Entry> entries;
        std::vector<Hash> want;
        for (std::size_t i = 0; i < n; ++i) {
            entries.push_back({ids[i], rests[i]});
            want.push_back(merkle::leaf({ids[i], rests[i]}));
        }
        std::vector<Hash> leaves(n);
        merkle::leaves(entries, leaves);
        CHECK(leaves == want);

        std::vector<Hash> parents((n + 1) / 2);
        merkle::level(leaves, parents);
        for (std::size_t i = 0; i < n / 2; ++i)
            CHECK(parents[i] == merkle::node(leaves[2 * i], leaves[2 * i + 1]));
        if (n % 2 == 1) CHECK(parents.back() == leaves.back());
    }
}
