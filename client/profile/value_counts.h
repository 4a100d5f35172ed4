// ValueCounts: how often each value of a column occurs, exactly while there are few; after that
// only the frequent ones, by Misra-Gries.
//
// Exact while at most `exact_max` values differ. When one more comes, is_exact() ends, the caller
// takes what it needs from entries(), and begin_frequent() keeps the heavy ones: then a count is
// too low by at most lost(), and no value with more than lost() occurrences is missing. Values are
// known by their 64-bit hash. Memory: about 110 bytes an entry. Threads: one. Source: Misra and
// Gries 1982.
#pragma once

#include <string_view>
#include <vector>

#include "client/profile/cell.h"

namespace jangbu::client {

class ValueCounts {
public:
    static constexpr std::size_t text_bytes_max = 44;
    static constexpr std::size_t frequent_max = 63;  // with one place free, 128 slots

    struct Entry {
        u64 hash = 0;
        u64 count = 0;
        u64 first_line = 0;
        Cell cell;
        u8 text_bytes = 0;
        bool text_is_cut = false;
        char text[text_bytes_max] = {};

        std::string_view shown() const { return {text, text_bytes}; }
    };

    explicit ValueCounts(std::size_t exact_max);

    // False when a new value does not fit any more: nothing was added.
    bool add(u64 hash, std::string_view text, const Cell& cell, u64 weight, u64 line);
    bool is_exact() const { return exact_; }
    // In order of first occurrence while exact.
    const std::vector<Entry>& entries();
    std::size_t size() const { return entries_.size(); }
    // From here on add() always succeeds.
    void begin_frequent();
    u64 lost() const { return lost_; }
    // The more frequent first, of equals the earlier.
    static bool is_before(const Entry& a, const Entry& b);

private:
    std::size_t slot_of(u64 hash) const;
    void place_all();
    void append(u64 hash, std::string_view text, const Cell& cell, u64 weight, u64 line);
    void decrement(u64 weight);

    std::size_t capacity_;
    bool exact_ = true;
    u64 lost_ = 0;
    std::vector<Entry> entries_;
    std::vector<u64> counts_;  // of entries_: apart, so that counting stays in the cache
    struct Slot {
        u64 hash = 0;
        u32 entry = 0;  // index into entries_ + 1; 0 = empty
    };
    std::vector<Slot> slots_;  // a power of two, at most half full
};

}  // namespace jangbu::client
