#include "ledger/state_proof.h"

namespace jangbu::ledger {
namespace {

bool goes_right(const Hash& key, std::size_t depth) {
    return (key[depth / 8] >> (7 - depth % 8) & 1) != 0;
}

bool same_path(const Hash& a, const Hash& b, std::size_t depth_end) {
    for (std::size_t depth = 0; depth < depth_end; ++depth)
        if (goes_right(a, depth) != goes_right(b, depth)) return false;
    return true;
}

}  // namespace

bool verify_state(const Hash& root, const StateKey& key, std::optional<ByteView> value,
                  const StateProof& proof) {
    std::optional<Hash> value_hash;
    if (value) value_hash = crypto::sha256(*value);
    return verify_hashed_state(root, hashed_state_key(key), value_hash, proof);
}

bool verify_hashed_state(const Hash& root, const Hash& hashed_key, std::optional<Hash> value_hash,
                         const StateProof& proof) {
    const std::size_t depth_end = proof.siblings.size();
    if (depth_end > 256) return false;
    const auto* leaf = std::get_if<StateProof::Leaf>(&proof.terminal);
    if (value_hash) {
        if (!leaf || leaf->key != hashed_key || leaf->value_hash != *value_hash) return false;
    } else if (leaf) {
        // Another leaf stands where the key would: it must be another, and on the key's own path.
        if (leaf->key == hashed_key || !same_path(leaf->key, hashed_key, depth_end)) return false;
    }
    Hash current = leaf ? state_leaf_hash(leaf->key, leaf->value_hash) : Hash{};
    for (std::size_t depth = depth_end; depth-- > 0;) {
        const Hash& sibling = proof.siblings[depth];
        current = goes_right(hashed_key, depth) ? state_node_hash(sibling, current)
                                                : state_node_hash(current, sibling);
    }
    return current == root;
}

}  // namespace jangbu::ledger
