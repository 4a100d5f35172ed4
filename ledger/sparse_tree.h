// Compact sparse Merkle tree over hashed keys, as an immutable value: what stands under StateTree.
//
// An empty subtree hashes to 32 zero bytes; a subtree with one leaf is that leaf's hash. So the
// root is a function of the entries alone, whatever the way to them. A copy is a snapshot and costs
// one pointer; how versions share what did not change: ledger/sparse_versions.h. Updating the
// newest version costs what it touches; updating an older one while a newer one is held copies the
// tree. Threads: any number of readers.
#pragma once

#include "ledger/sparse_versions.h"

namespace jangbu::ledger::sparse {

// The leaf hash is computed here; many at once by who has many.
Change put(const Hash& key, const Hash& value_hash, ByteView state_key = {}, ByteView value = {});
Change erase(const Hash& key);

class Tree {
public:
    Tree() = default;
    explicit Tree(StateRoom room) : room_(std::move(room)) {}

    Hash root() const { return pin_ ? pin_->version().root : Hash{}; }
    std::size_t size() const { return pin_ ? pin_->version().size : 0; }
    const Leaf* find(const Hash& key) const;
    void find_many(std::span<const Hash> keys, std::span<const Leaf*> out) const;
    StateProof prove(const Hash& key) const;
    // In ascending order of keys.
    void for_each(const std::function<void(const Entry&)>& visit) const;
    // REQUIRES: keys strictly ascend.
    Tree updated(std::span<const Change> changes) const;

private:
    Tree copy() const;

    PinPtr pin_;
    StateRoom room_;  // while there is no version
};

}  // namespace jangbu::ledger::sparse
