// Compact sparse Merkle tree over hashed keys: the persistent nodes under StateTree.
//
// Nodes are immutable and shared between trees. An empty subtree is null and hashes to 32 zero
// bytes; a subtree with one leaf is that leaf. So the shape, and with it the root, is a function of
// the entries alone. Threads: pure functions over immutable nodes. Depth is at most 256, so
// recursion is bounded.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "ledger/state_proof.h"

namespace jangbu::ledger::sparse {

struct Node {
    Hash hash{};
    std::size_t leaves = 0;  // below and including this node; a leaf has 1

protected:
    Node() = default;  // only as a Leaf or a Branch
};
using NodePtr = std::shared_ptr<const Node>;

struct Leaf final : Node {
    Hash key{};
    Hash value_hash{};
    StateKey state_key;
    Bytes value;
};

NodePtr make_leaf(const Hash& key, const Hash& value_hash, StateKey state_key, Bytes value);

struct Change {
    Hash key{};
    NodePtr leaf;  // null = erase
};
// One pass over all changes. REQUIRES: keys strictly ascend.
NodePtr updated(const NodePtr& root, std::span<const Change> changes);

Hash root_hash(const NodePtr& root);
const Leaf* find(const NodePtr& root, const Hash& key);
StateProof prove(const NodePtr& root, const Hash& key);
// In ascending order of keys.
void for_each(const NodePtr& root, const std::function<void(const Leaf&)>& visit);

}  // namespace jangbu::ledger::sparse
