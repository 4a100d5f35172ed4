// What the engine keeps of public keys: the point as two terms of a sum (A and 2^127 A), and for
// keys whose signatures come one by one a table of multiples.
//
// Entries are never removed or moved, so a reader keeps pointers. Bounded: beyond keys_max nothing
// is remembered, beyond tables_max no table is made; then verification does that work each time.
// Threads: any. Memory: about 330 bytes a key, 8 KiB a table.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <vector>

#include "crypto/ed25519/kernels.h"

namespace jangbu::crypto::ed25519 {

using Encoding = ByteArray<32>;

struct KeyEntry {
    Encoding encoding;
    bool on_curve;
    AffineRow split[split_shape.size()];
    // Of key_shape; null until it was needed.
    std::atomic<const AffineRow*> table = nullptr;
};

class KeyTable {
public:
    KeyTable(const Kernels& kernels, std::size_t keys_max, std::size_t tables_max)
        : kernels_(kernels), keys_max_(keys_max), tables_max_(tables_max) {}

    void remember(std::span<const Encoding> keys);
    std::size_t size() const;
    // found[i] = the entry of keys[i], or null.
    void find(std::span<const Encoding* const> keys, std::span<KeyEntry*> found);
    // Gives each entry its table of multiples while there is room for more.
    void make_tables(std::span<KeyEntry* const> entries);

    const Kernels& kernels() const { return kernels_; }

private:
    std::size_t slot_of(const Encoding& key) const;
    void grow();

    const Kernels& kernels_;
    const std::size_t keys_max_;
    const std::size_t tables_max_;

    mutable std::shared_mutex mutex_;  // guards what follows; entries are immutable but for tables
    std::deque<KeyEntry> entries_;
    std::vector<u32> slots_;  // open addressing, index + 1, zero is free; at most half full
    std::vector<std::unique_ptr<AffineRow[]>> tables_;
};

// A hash that an author of keys cannot steer: its factor is drawn when the program starts.
u64 key_hash(const Encoding& key);

}  // namespace jangbu::crypto::ed25519
