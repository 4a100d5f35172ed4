// StateTree: the authenticated state map, a compact sparse Merkle tree (docs/formats.md section 2).
//
// Immutable and shared: a copy is a snapshot that any number of threads read while newer trees are
// made; an update makes a new tree and costs what it touches. The root is a function of the map
// alone. Held in RAM; values included. A row of updates is the cheap case: updating a tree while a
// later one of its row is held copies it whole. Source of the shape: Jellyfish Merkle Tree's
// hashing rule (a subtree with one leaf is that leaf's hash).
#pragma once

#include <functional>

#include "ledger/sparse_tree.h"
#include "ledger/state_proof.h"
#include "ledger/state_view.h"

namespace jangbu::ledger {

class StateTree final : public StateReader {
public:
    StateTree() = default;

    Hash root() const { return tree_.root(); }
    std::size_t size() const { return tree_.size(); }
    const Bytes* find(const StateKey& key) const override;
    void find_many(std::span<const StateKey> keys, std::span<const Bytes*> out) const override;
    void find_hashed(std::span<const StateKey> keys, std::span<const Hash> hashed,
                     std::span<const Bytes*> out) const override;
    // Inclusion if the key is there, absence if not.
    StateProof prove(const StateKey& key) const;

    using Changes = std::map<StateKey, std::optional<Bytes>>;
    StateTree updated(const Changes& changes) const;

    // Every entry, in the order of hashed keys.
    void for_each(const std::function<void(const StateKey&, const Bytes&)>& visit) const;
    // The same with hashed keys and leaf hashes.
    void for_each_leaf(const std::function<void(const sparse::Entry&)>& visit) const;

private:
    sparse::Tree tree_;
};

}  // namespace jangbu::ledger
