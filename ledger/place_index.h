// PlaceIndex: where each transaction stands, by the first half of its id; derived from the block
// log at every start, 24 bytes a transaction.
//
// Memory is bounded: the newest entries are held, the others are sorted runs in a file without a
// name, of which every 128th key is held. The file is gone with the process, so nothing of it is
// ever believed at a start. If it cannot be written (a full disk), entries stay in memory and the
// log says so. Two ids with one first half take 2^64 hashes to find; then one of them is found at
// the other's place. Threads: the caller's lock. Errors: io.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"
#include "ledger/types.h"

namespace jangbu::ledger {

class PlaceIndex {
public:
    static constexpr std::size_t held_most = 1 << 20;  // entries in memory: 24 MiB

    // The file is made in this folder, when it is needed first.
    explicit PlaceIndex(std::filesystem::path folder, std::size_t held = held_most);
    ~PlaceIndex();
    PlaceIndex(const PlaceIndex&) = delete;
    PlaceIndex& operator=(const PlaceIndex&) = delete;

    void add(const TxId& id, u64 height, u32 index);
    // Sorts what came since the last call.
    Result<std::optional<std::pair<u64, u32>>> find(const TxId& id);
    std::size_t size() const { return spilled_ + old_.size() + recent_.size(); }
    std::size_t spilled() const { return spilled_; }

private:
    struct Entry {
        u64 first = 0, second = 0;  // of the id
        u64 place = 0;              // height, index
        auto operator<=>(const Entry&) const = default;
    };
    struct Run {
        u64 at = 0;  // its first entry in the file
        u64 count = 0;
        std::vector<u64> fences;  // `first` of every 128th entry
    };
    static Entry entry_of(const TxId& id, u64 place);
    static const Entry* find_in(std::span<const Entry> sorted, const Entry& wanted);
    void settle();
    Status spill();
    Status open_file();
    Result<std::vector<Entry>> read(u64 at, u64 count) const;
    Result<std::optional<u64>> find_in(const Run& run, const Entry& wanted) const;

    const std::filesystem::path folder_;
    const std::size_t held_;
    std::vector<Entry> old_;  // sorted
    std::vector<Entry> recent_;
    bool is_sorted_ = true;  // recent_
    int file_ = -1;
    bool cannot_spill_ = false;
    std::vector<Run> runs_;
    std::size_t spilled_ = 0;
};

}  // namespace jangbu::ledger
