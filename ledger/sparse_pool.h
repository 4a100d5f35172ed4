// Pool: pieces of memory for one state tree, given back for reuse; and where they come from.
//
// Pieces of one size stand in a list of their own and are carved from chunks of up to 4 MiB, which
// come from memory until `memory_bytes_max` of it are in use, then from a file without a name in
// `folder`: the system writes what is rarely read to it and reads it again when it is asked for, so
// a state may be larger than memory. Nothing in the file outlives the process, nothing of it is
// believed. Where no file can be made, memory is used and the log says so. A failed read of the
// file ends the process (SIGBUS), as a failed read of the program itself does: the state is in the
// block log. Threads: one. Units: bytes. Source: mmap, posix_fallocate.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <set>
#include <vector>

#include "base/integers.h"
#include "base/zeroed_array.h"

namespace jangbu::ledger {

// Room for the values of a state.
struct StateRoom {
    base::u64 memory_bytes_max = std::numeric_limits<base::u64>::max();
    std::filesystem::path folder = {};  // of the file that takes the rest
};

namespace sparse {

using namespace base;

class Pool {
public:
    explicit Pool(StateRoom room = {});
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Aligned to 8.
    void* take(std::size_t bytes);
    // REQUIRES: the size it was taken with.
    void give_back(void* piece, std::size_t bytes);
    const StateRoom& room() const { return room_; }

private:
    struct Free {
        Free* next = nullptr;
    };
    static constexpr std::size_t fine_bytes_max = 2'048;  // classes of 8 bytes
    static constexpr std::size_t classes = fine_bytes_max / 8 + 1 + 7;
    static constexpr std::size_t pooled_bytes_max = fine_bytes_max << 7;  // above: each its own
    static constexpr std::size_t chunk_bytes_max = 4 << 20;

    static std::size_t class_of(std::size_t bytes);
    static std::size_t bytes_of(std::size_t class_number);
    void prefetch_free(std::size_t class_number) const;
    void* carve(std::size_t bytes);
    void add_chunk(std::size_t bytes);
    bool add_file_chunk(std::size_t bytes);
    void stay_in_memory(const char* what);

    StateRoom room_;
    int file_ = -1;
    u64 file_bytes_ = 0;
    u64 memory_bytes_ = 0;
    std::vector<ZeroedPages> chunks_;
    std::size_t used_bytes_ = 0;         // of the last chunk
    std::array<Free*, classes> free_{};  // by class
    std::set<void*> large_;
};

}  // namespace sparse
}  // namespace jangbu::ledger
