// Buckets: the leaves under one bottom node of the dense top, sorted, with every version that is
// still readable behind the newest.
//
// A bucket never changes: an update makes another one and links the old one behind it, so readers
// need no lock. Buckets and leaves stand in pools of the versions (ledger/sparse_versions.h); who
// takes one out of all versions gives it back there. Threads: any number of readers of a published
// bucket; the pools are the updater's alone.
#pragma once

#include <span>

#include "ledger/sparse_pool.h"
#include "ledger/types.h"

namespace jangbu::ledger::sparse {

// In one piece: what is asked for together stands together, and may stand in a file.
class Leaf {
public:
    static const Leaf* make(Pool& pool, const Hash& value_hash, ByteView state_key, ByteView value);
    static void give_back(Pool& pool, const Leaf* leaf);

    const Hash value_hash;
    ByteView state_key() const { return {bytes(), key_bytes_}; }
    ByteView value() const { return {bytes() + key_bytes_, value_bytes_}; }

private:
    Leaf(const Hash& hash, ByteView state_key, ByteView value);
    const u8* bytes() const { return reinterpret_cast<const u8*>(this + 1); }

    const u32 key_bytes_;  // both follow, key first
    const u32 value_bytes_;
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

    static Bucket* make(Pool& pool, u64 born, Bucket* older, std::span<const Entry> entries);
    static void give_back(Pool& pool, Bucket* bucket);

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

}  // namespace jangbu::ledger::sparse
