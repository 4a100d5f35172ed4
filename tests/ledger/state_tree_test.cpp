// The state map: roots and proofs against vectors, against a naive model, and against forged
// proofs.
#include "ledger/state_tree.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <random>

#include "tests/support/naive_state_tree.h"
#include "tests/support/vectors.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

StateTree tree_of(const json& entries) {
    StateTree::Changes changes;
    for (const json& entry : entries) changes[bytes_of(entry.at(0))] = bytes_of(entry.at(1));
    return StateTree().updated(changes);
}

std::optional<Bytes> optional_bytes_of(const json& value) {
    if (value.is_null()) return std::nullopt;
    return bytes_of(value);
}

std::optional<ByteView> view_of(const std::optional<Bytes>& bytes) {
    if (!bytes) return std::nullopt;
    return ByteView(*bytes);
}

bool holds(const Hash& root, const StateKey& key, std::optional<ByteView> value,
           ByteView proof_bytes) {
    const Result<StateProof> proof = bcs::decode<StateProof>(proof_bytes);
    return proof && verify_state(root, key, value, *proof);
}

// Puts under keys that need no preimage.
sparse::Tree raw_updated(const sparse::Tree& tree, const std::map<Hash, Hash>& puts) {
    std::vector<sparse::Change> changes;
    for (const auto& [key, value_hash] : puts) changes.push_back(sparse::put(key, value_hash));
    return tree.updated(changes);
}

// Few enough keys that puts, overwrites and erases meet.
StateKey small_key(u32 n) {
    return state_key(static_cast<Table>(250), le32(n % 200));
}

}  // namespace

TEST_CASE("state tree: roots and proofs of the vectors") {
    CHECK(vectors("hashes.json").at("state_maps").size() == 6);
    for (const json& map : vectors("hashes.json").at("state_maps")) {
        const StateTree tree = tree_of(map.at("entries"));
        CHECK(tree.size() == number_of(map.at("size")));
        const auto root = array_of<32>(map.at("root"));
        CHECK(to_hex(tree.root()) == to_hex(root));
        for (const json& entry : map.at("inclusion")) {
            const StateKey key = bytes_of(entry.at("state_key"));
            const Bytes value = bytes_of(entry.at("value"));
            CHECK(to_hex(bcs::encode(tree.prove(key))) == text_of(entry.at("proof")));
            CHECK(holds(root, key, value, bytes_of(entry.at("proof"))));
            REQUIRE(tree.find(key));
            CHECK(to_bytes(*tree.find(key)) == value);
        }
        for (const json& entry : map.at("absence")) {
            const StateKey key = bytes_of(entry.at("state_key"));
            CHECK(to_hex(bcs::encode(tree.prove(key))) == text_of(entry.at("proof")));
            CHECK(holds(root, key, std::nullopt, bytes_of(entry.at("proof"))));
            CHECK_FALSE(tree.find(key));
        }
        for (const json& entry : map.at("must_fail")) {
            CAPTURE(entry.at("reason").get<std::string>());
            const auto value = optional_bytes_of(entry.at("value"));
            CHECK_FALSE(holds(array_of<32>(entry.at("root")), bytes_of(entry.at("state_key")),
                              view_of(value), bytes_of(entry.at("proof"))));
        }
    }
}

TEST_CASE("state tree: deep and shallow keys of the vectors") {
    for (const json& map : vectors("hashes.json").at("state_raw")) {
        CAPTURE(map.at("name").get<std::string>());
        std::map<Hash, Hash> leaves;
        for (const json& leaf : map.at("leaves"))
            leaves[array_of<32>(leaf.at(0))] = array_of<32>(leaf.at(1));
        const sparse::Tree tree = raw_updated(sparse::Tree(), leaves);
        CHECK(to_hex(tree.root()) == text_of(map.at("root")));
        // One after the other gives the same tree, and taking all away gives none.
        sparse::Tree grown;
        for (const auto& leaf : leaves) grown = raw_updated(grown, {leaf});
        CHECK(grown.root() == tree.root());
        std::vector<sparse::Change> erases;
        for (const auto& [key, value] : leaves) erases.push_back(sparse::erase(key));
        const sparse::Tree none = tree.updated(erases);
        CHECK(none.root() == Hash{});
        CHECK(none.size() == 0);

        for (const json& entry : map.at("proofs")) {
            const auto key = array_of<32>(entry.at("key"));
            std::optional<Hash> value_hash;
            if (!entry.at("value_hash").is_null())
                value_hash = array_of<32>(entry.at("value_hash"));
            CHECK(to_hex(bcs::encode(tree.prove(key))) == text_of(entry.at("proof")));
            const auto proof = bcs::decode<StateProof>(bytes_of(entry.at("proof")));
            REQUIRE(proof.has_value());
            CHECK(verify_hashed_state(tree.root(), key, value_hash, *proof));
        }
    }
}

TEST_CASE("state tree: random puts and erases give the map's own root, whatever the way") {
    CHECK(rc::check([](const std::vector<std::vector<std::pair<u32, u8>>>& blocks) {
        StateTree tree;
        std::map<StateKey, Bytes> model;
        for (const auto& block : blocks) {
            StateTree::Changes changes;
            for (const auto& [n, value] : block) {
                std::optional<Bytes> put = Bytes(value % 5, value);
                if (value % 3 == 0) put.reset();  // an erase
                changes[small_key(n)] = put;
            }
            const StateTree before = tree;
            const Hash root_before = before.root();
            tree = tree.updated(changes);
            RC_ASSERT(before.root() == root_before);  // a copy is a snapshot
            for (const auto& [key, value] : changes) {
                if (value)
                    model[key] = *value;
                else
                    model.erase(key);
            }
            HashMap naive;
            for (const auto& [key, value] : model)
                naive[hashed_state_key(key)] = crypto::sha256(value);
            RC_ASSERT(tree.root() == naive_state_root(naive));
            RC_ASSERT(tree.size() == model.size());
            for (u32 n = 0; n < 200; ++n) {
                const std::optional<ByteView> found = tree.find(small_key(n));
                const auto expected = model.find(small_key(n));
                RC_ASSERT(found.has_value() == (expected != model.end()));
                if (found) RC_ASSERT(to_bytes(*found) == expected->second);
            }
        }
    }));
}

TEST_CASE("state tree: for_each visits every entry once, in the order of hashed keys") {
    StateTree::Changes changes;
    for (u32 n = 0; n < 500; ++n)
        changes[state_key(static_cast<Table>(251), le32(n))] = Bytes(n % 7, 1);
    const StateTree tree = StateTree().updated(changes);
    StateTree::Changes seen;
    std::optional<Hash> last;
    tree.for_each([&](ByteView key, ByteView value) {
        const Hash hashed = hashed_state_key(key);
        CHECK((!last || *last < hashed));
        last = hashed;
        seen[to_bytes(key)] = to_bytes(value);
    });
    CHECK(seen == changes);
}

TEST_CASE("state tree: an update that changes nothing keeps the tree") {
    StateTree::Changes changes;
    for (u32 n = 0; n < 100; ++n) changes[small_key(n)] = Bytes{1};
    const StateTree tree = StateTree().updated(changes);
    CHECK(tree.updated({}).root() == tree.root());
    CHECK(tree.updated({{small_key(150), std::nullopt}}).root() == tree.root());
    CHECK(tree.updated({{small_key(7), Bytes{1}}}).root() == tree.root());
    CHECK(tree.updated({{small_key(7), Bytes{2}}}).root() != tree.root());
}

TEST_CASE("state tree: 10,000 random proofs hold, and none of their mutations does") {
    std::mt19937_64 random(7);  // NOLINT: the same cases every time
    StateTree::Changes changes;
    const auto key_at = [](u64 n) { return state_key(static_cast<Table>(250), le64(n)); };
    constexpr u64 entries = 2'000;
    for (u64 n = 0; n < entries; ++n) changes[key_at(n)] = to_bytes(le64(n * n));
    const StateTree tree = StateTree().updated(changes);
    const Hash root = tree.root();
    for (int round = 0; round < 10'000; ++round) {
        const u64 n = random() % (2 * entries);
        const bool present = n < entries;
        const StateKey key = key_at(n);
        const Bytes value = to_bytes(le64(n * n));
        std::optional<ByteView> claimed;
        if (present) claimed = value;
        const StateProof proof = tree.prove(key);
        CHECK(verify_state(root, key, claimed, proof));

        // The opposite claim, another value, another key, another root.
        std::optional<ByteView> opposite;
        if (!present) opposite = value;
        CHECK_FALSE(verify_state(root, key, opposite, proof));
        Hash other_root = root;
        other_root[random() % 32] ^= static_cast<u8>(1 << random() % 8);
        CHECK_FALSE(verify_state(other_root, key, claimed, proof));
        if (present) {
            const Bytes other = to_bytes(le64(n * n + 1));
            CHECK_FALSE(verify_state(root, key, other, proof));
            CHECK_FALSE(verify_state(root, key_at(n + entries), value, proof));
        }
        // Any flipped bit of its encoding.
        Bytes bytes = bcs::encode(proof);
        bytes[random() % bytes.size()] ^= static_cast<u8>(1 << random() % 8);
        CHECK_FALSE(holds(root, key, claimed, bytes));
        // A level taken away or added.
        StateProof shorter = proof;
        if (!shorter.siblings.empty()) {
            shorter.siblings.pop_back();
            CHECK_FALSE(verify_state(root, key, claimed, shorter));
        }
        StateProof longer = proof;
        longer.siblings.emplace_back();
        CHECK_FALSE(verify_state(root, key, claimed, longer));
    }
}

TEST_CASE("state proof: more than 256 siblings or an unknown terminal do not decode") {
    StateProof proof;
    proof.siblings.resize(256);
    CHECK(bcs::decode<StateProof>(bcs::encode(proof)).has_value());
    Bytes bytes = concat({Bytes{1, 0x81, 0x02}, Bytes(257 * 32, 0), Bytes{0}});
    CHECK_FALSE(bcs::decode<StateProof>(bytes).has_value());
    CHECK_FALSE(bcs::decode<StateProof>(Bytes{1, 0, 2}).has_value());
    proof.siblings.resize(257);  // not decoded, but handed over in memory
    CHECK_FALSE(verify_state(Hash{}, Bytes{250}, std::nullopt, proof));
}
