// Updater: takes the dense top and the buckets from one version of the state tree to the next, or
// back.
//
// Sorted changes go bucket by bucket; the new subtrees are hashed level by level, then the top
// upwards, each node once. Keys of one first byte are a region; a region whose buckets have become
// full gets one more level, and the regions do so at different sizes, so that no block has to redo
// the whole tree. The root depends on none of this. Threads: one at a time
// (ledger/sparse_versions.h sees to it).
#pragma once

#include <optional>

#include "ledger/sparse_subtrees.h"
#include "ledger/sparse_top.h"

namespace jangbu::ledger::sparse {

inline constexpr std::size_t region_bits = 8;
inline constexpr std::size_t region_count = 1 << region_bits;

struct Region {
    u32 size = 0;            // leaves
    u8 level = region_bits;  // of its buckets
};

// What no version from some point on has any more.
struct Dropped {
    std::vector<Bucket*> buckets;
    std::vector<const Leaf*> leaves;

    void add(const Dropped& more);
    void clear();
};

struct Place {
    u32 index = 0;
    u32 level = 0;
};

struct Version {
    u64 number = 0;
    Hash root{};
    std::size_t size = 0;
    std::array<Region, region_count> regions;
    bool pinned = false;

    Version* next = nullptr;
    Overwritten overwritten;  // nodes of this version that `next` changed
    Dropped dropped;          // what `next` has no more
    Dropped taken_back;       // of successors that nobody took up; readers may still meet it
    // What this one brought, for taking it back.
    std::vector<Place> new_buckets;
    std::vector<const Leaf*> new_leaves;

    void clear();
};

// Points to what its caller keeps.
struct Change {
    Hash key{};
    Hash leaf_hash{};
    Hash value_hash{};
    ByteView state_key = {};
    std::optional<ByteView> value;  // nothing = erase
};

class Updater {
public:
    Updater(Top& top, Pool& buckets, Pool& leaves);

    // REQUIRES: `after` is a copy of `before` in number (+ 1), size and regions; `before` is the
    // newest version, or null for the empty one.
    void run(Version* before, Version& after, std::span<const Change> changes);
    // Makes `before` the newest again. What `after` had brought comes back: readers of `before` may
    // still meet it.
    Dropped take_back(Version& before, const Version& after);

private:
    void change_buckets(std::size_t region, std::span<const Change> changes);
    void grow(std::size_t region, std::size_t level, std::span<const Change> changes);
    bool merge(std::span<const Entry> old, std::span<const Change> changes);
    void drop(Bucket* bucket);
    void make_bucket(Place place, Bucket* older, std::span<const Entry> entries);
    void finish_bottoms();
    void climb();
    void hash_parents(std::size_t level, std::span<const u32> parents);
    void write(std::size_t level, u32 index, const Node& node);

    Top& top_;
    Pool& buckets_;
    Pool& leaves_;
    Version* before_ = nullptr;
    Version* after_ = nullptr;

    // Kept for their allocations.
    struct Bottom {
        Place place;
        const Hash* hash = nullptr;  // when subtrees_ has run
        u8 leaves = 0;
    };
    std::vector<Entry> entries_;
    Subtrees subtrees_;
    std::vector<Bottom> bottoms_;
    std::array<std::vector<u32>, Top::level_max + 1> changed_;  // nodes of each level, ascending
    std::vector<u32> parents_;
    std::vector<u32> merged_;
};

}  // namespace jangbu::ledger::sparse
