// StateTree: the authenticated state map, a compact sparse Merkle tree (docs/formats.md section 2).
//
// Immutable and shared: a copy is a snapshot, an update makes a new tree that shares every
// untouched subtree. The root is a function of the map alone. Threads: any number of readers. Held
// in RAM; values included. Source of the shape: Jellyfish Merkle Tree's hashing rule (a subtree
// with one leaf is that leaf's hash).
#pragma once

#include <functional>

#include "ledger/sparse_tree.h"
#include "ledger/state_proof.h"
#include "ledger/state_view.h"

namespace jangbu::ledger {

class StateTree final : public StateReader {
public:
    StateTree() = default;

    Hash root() const;
    std::size_t size() const;
    const Bytes* find(const StateKey& key) const override;
    // Inclusion if the key is there, absence if not.
    StateProof prove(const StateKey& key) const;

    using Changes = std::map<StateKey, std::optional<Bytes>>;
    StateTree updated(const Changes& changes) const;

    // Every entry, in the order of hashed keys.
    void for_each(const std::function<void(const StateKey&, const Bytes&)>& visit) const;

private:
    sparse::NodePtr root_;
};

}  // namespace jangbu::ledger
