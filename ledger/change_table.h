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
        std::optional<ByteView> current() const;

        // What was found below, or that nothing was.
        void set_found(std::optional<ByteView> found);

        const u64 hash;
        Bytes value;  // written

    private:
        static constexpr std::size_t near_bytes_max = 68;  // a table and two ids

        const u8* found_ = nullptr;  // null: it is not there
        std::unique_ptr<u8[]> far_;  // a longer key
        u32 found_bytes_ = 0;
        u16 key_bytes_;

    public:
        Kind kind = Kind::below;

    private:
        std::array<u8, near_bytes_max> near_;
    };
    static_assert(sizeof(Entry) == 128);

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
