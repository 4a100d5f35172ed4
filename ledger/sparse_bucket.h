// Buckets: the leaves under one bottom node of the dense top, sorted, with every version that is
// still readable behind the newest.
//
// A bucket never changes: an update makes another one and links the old one behind it, so readers
// need no lock. Owned by a BucketPool; who takes a bucket out of all versions gives it back there.
// Leaves are owned by the versions (ledger/sparse_versions.h), buckets point to them. Threads: any
// number of readers of a published bucket; the pool is the updater's alone.
#pragma once

#include <array>
#include <set>
#include <span>
#include <vector>

#include "base/zeroed_array.h"
#include "ledger/types.h"

namespace jangbu::ledger::sparse {

struct Leaf {
    Hash value_hash{};
    Bytes state_key;
    Bytes value;
};

// Bit d of a hashed key, 0 = left.
inline bool bit(const Hash& key, std::size_t depth) {
    return (key[depth / 8] >> (7 - depth % 8) & 1) != 0;
}
// The first 64 bits, as a number.
inline u64 prefix_of(const Hash& key) {
    u64 prefix = 0;
    for (std::size_t i = 0; i < 8; ++i) prefix = prefix << 8 | key[i];
    return prefix;
}
// The first `level` bits: the key's node of that level. REQUIRES: 1 <= level <= 32.
inline u32 index_at(const Hash& key, std::size_t level) {
    return static_cast<u32>(prefix_of(key) >> (64 - level));
}

// All that updates and hashing need: a leaf itself is far away.
struct Entry {
    Hash key{};   // hashed
    Hash hash{};  // of the leaf
    const Leaf* leaf = nullptr;
};

struct Bucket {
    u64 born = 0;             // the version that made it
    Bucket* older = nullptr;  // what stood here before; gone when no version before `born` is left
    u64 size = 0;             // entries that follow, in ascending order of keys

    std::span<Entry> entries() { return {reinterpret_cast<Entry*>(this + 1), size}; }
    std::span<const Entry> entries() const {
        return {reinterpret_cast<const Entry*>(this + 1), size};
    }
    const Leaf* find(const Hash& key) const;
    // The first four entries; most buckets have no more.
    void prefetch() const {
        const char* const from = reinterpret_cast<const char*>(this);
        for (std::size_t line = 0; line < 5; ++line) __builtin_prefetch(from + line * 64);
    }
};
static_assert(sizeof(Bucket) % alignof(Entry) == 0);

// Gives out buckets of exactly the size asked for and takes them back for reuse.
class BucketPool {
public:
    BucketPool() = default;
    ~BucketPool();
    BucketPool(const BucketPool&) = delete;
    BucketPool& operator=(const BucketPool&) = delete;

    Bucket* make(u64 born, Bucket* older, std::span<const Entry> entries);
    void give_back(Bucket* bucket);

private:
    static constexpr std::size_t small_size_max = 24;  // above: each its own allocation
    static constexpr std::size_t chunk_bytes_max = 4 << 20;

    void prefetch_free(std::size_t size) const;
    std::byte* carve(std::size_t bytes);

    std::vector<ZeroedPages> chunks_;
    std::size_t used_bytes_ = 0;                      // of the last chunk
    std::array<Bucket*, small_size_max + 1> free_{};  // by size, linked by `older`
    std::set<Bucket*> large_;
};

}  // namespace jangbu::ledger::sparse
