// StateTree: the authenticated state map, a compact sparse Merkle tree (docs/formats.md section 2).
//
// Immutable and shared: a copy is a snapshot that any number of threads read while newer trees are
// made; an update makes a new tree and costs what it touches. The root is a function of the map
// alone. Hashes are held in RAM, values too as far as its StateRoom lets them. A row of updates is
// the cheap case: updating a tree while a later one of its row is held copies it whole. Source of
// the shape: Jellyfish Merkle Tree's hashing rule (a subtree with one leaf is that leaf's hash).
#pragma once

#include <functional>

#include "ledger/sparse_tree.h"
#include "ledger/state_proof.h"
#include "ledger/state_view.h"

namespace jangbu::ledger {

class StateTree final : public StateReader {
public:
    StateTree() = default;
    explicit StateTree(StateRoom room) : tree_(std::move(room)) {}

    Hash root() const { return tree_.root(); }
    std::size_t size() const { return tree_.size(); }
    std::optional<ByteView> find(const StateKey& key) const override;
    void find_many(std::span<const StateKey> keys,
                   std::span<std::optional<ByteView>> out) const override;
    void find_hashed(std::span<const StateKey> keys, std::span<const Hash> hashed,
                     std::span<std::optional<ByteView>> out) const override;
    // Inclusion if the key is there, absence if not.
    StateProof prove(const StateKey& key) const;

    using Changes = std::map<StateKey, std::optional<Bytes>>;
    StateTree updated(const Changes& changes) const;

    // A tree of very many entries, which come in any order, without all of them held beside it.
    class Builder;

    // Every entry, in the order of hashed keys.
    void for_each(const std::function<void(ByteView key, ByteView value)>& visit) const;
    // The same with hashed keys and leaf hashes.
    void for_each_leaf(const std::function<void(const sparse::Entry&)>& visit) const;

private:
    sparse::Tree tree_;
};

class StateTree::Builder {
public:
    explicit Builder(StateRoom room = {}) : tree_(std::move(room)) {}
    // REQUIRES: no key twice.
    void add(StateKey key, Bytes value);
    StateTree take();

private:
    static constexpr std::size_t together = 1 << 18;

    StateTree tree_;
    Changes some_;
};

}  // namespace jangbu::ledger
