// ChangeTable: what an overlay knows of state keys: written, erased, or found below. A hash table
// whose entries stay where they are; nothing depends on its order.
//
// The seed keeps those who choose keys from knowing where they fall. Threads: one. Ownership: holds
// what was written; what was found below belongs to the view below.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace jangbu::ledger {

class ChangeTable {
public:
    enum class Kind : u8 { written, erased, below };
    // Two cache lines: a look-up compares the key where it found the hash.
    class Entry {
    public:
        Entry(ByteView key, u64 hash);

        ByteView key() const { return {far_ ? far_.get() : near_.data(), key_bytes_}; }
        bool is(ByteView key, u64 hash) const;
        const Bytes* current() const;

        const u64 hash;
        Kind kind = Kind::below;
        const Bytes* found = nullptr;  // below: null if it is not there
        Bytes value;                   // written

    private:
        static constexpr std::size_t near_bytes_max = 68;  // a table and two ids

        u32 key_bytes_;
        std::array<u8, near_bytes_max> near_;
        std::unique_ptr<u8[]> far_;  // a longer key
    };

    explicit ChangeTable(u64 seed) : seed_(seed) {}

    u64 seed() const { return seed_; }
    u64 hash(ByteView key) const;
    Entry* find(ByteView key, u64 hash);
    // REQUIRES: it is not there.
    Entry& add(ByteView key, u64 hash);
    std::deque<Entry>& entries() { return entries_; }
    const std::deque<Entry>& entries() const { return entries_; }

private:
    // A transaction writes few keys: looking through them is as fast as a table.
    static constexpr std::size_t linear_most = 12;

    void grow();
    void place(u32 index);

    u64 seed_;
    struct Slot {
        u32 index = 0;  // 0 is empty, else 1 + index of the entry
        u32 tag = 0;    // upper half of its hash
    };

    std::deque<Entry> entries_;
    std::array<u64, linear_most> hashes_{};  // of the first entries: few are looked through
    std::vector<Slot> slots_;                // of more
};

}  // namespace jangbu::ledger
