// The dense top of the state tree: the nodes from the root down to the buckets, one array a level.
//
// Node i of level d is the subtree of all keys whose first d bits are the number i; its children
// are nodes 2i and 2i + 1 of level d + 1, side by side. Holds the newest version alone, in place;
// what an update writes over goes into an Overwritten, from which older versions are read and
// restored. Threads: the owner's (ledger/sparse_versions.h), except slots, which readers load while
// the updater stores.
#pragma once

#include <array>
#include <atomic>
#include <vector>

#include "ledger/sparse_bucket.h"

namespace jangbu::ledger::sparse {

// As much of a node as its parent needs. Leaves below it: 0, 1, or 2 for more.
struct Node {
    Hash hash{};
    u8 leaves = 0;
};

// The nodes that one update wrote over, for each level.
class Overwritten {
public:
    void keep(std::size_t level, u32 index, const Node& node);
    // REQUIRES: the level was kept in two ascending runs.
    void sort(std::size_t level);
    // REQUIRES: the level was kept in ascending order, or sorted.
    const Node* find(std::size_t level, u32 index) const;
    void clear();

    struct Kept {
        u32 index = 0;
        Node node;
    };
    std::span<const std::vector<Kept>> levels() const { return levels_; }

private:
    std::vector<std::vector<Kept>> levels_;
};

class Top {
public:
    static constexpr std::size_t level_max = 30;

    // Makes the levels down to this one. They stay where they are, so readers of others go on.
    void deepen(std::size_t level);

    const Hash& hash(std::size_t level, std::size_t index) const {
        return levels_[level].hashes[index];
    }
    u8 leaves(std::size_t level, std::size_t index) const { return levels_[level].leaves[index]; }
    Node node(std::size_t level, std::size_t index) const {
        return {hash(level, index), leaves(level, index)};
    }
    void set(std::size_t level, std::size_t index, const Node& node) {
        levels_[level].hashes[index] = node.hash;
        levels_[level].leaves[index] = node.leaves;
    }

    // The newest bucket at a bottom node, or null.
    Bucket* bucket(std::size_t level, u32 index) const {
        return std::atomic_ref(levels_[level].slots[index]).load(std::memory_order_acquire);
    }
    void set_bucket(std::size_t level, u32 index, Bucket* bucket) {
        std::atomic_ref(levels_[level].slots[index]).store(bucket, std::memory_order_release);
    }

    void prefetch_slot(std::size_t level, u32 index) const {
        __builtin_prefetch(&levels_[level].slots[index]);
    }
    void prefetch_node(std::size_t level, u32 index) const {
        __builtin_prefetch(&levels_[level].hashes[index]);
        __builtin_prefetch(&levels_[level].leaves[index]);
    }

private:
    struct Level {
        ZeroedArray<Hash> hashes;
        ZeroedArray<u8> leaves;
        ZeroedArray<Bucket*> slots;  // used where the level is a region's last
    };
    std::array<Level, level_max + 1> levels_;
    std::size_t made_ = 0;
};

}  // namespace jangbu::ledger::sparse
