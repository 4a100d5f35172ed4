// PlaceIndex: where each transaction stands, by the first half of its id; derived from the block
// log, held in memory, 24 bytes a transaction.
//
// Two ids with one first half take 2^64 hashes to find; then one of them is found at the other's
// place. Threads: the caller's lock.
#pragma once

#include <vector>

#include "ledger/types.h"

namespace jangbu::ledger {

class PlaceIndex {
public:
    void add(const TxId& id, u64 height, u32 index);
    // Sorts what came since the last call.
    std::optional<std::pair<u64, u32>> find(const TxId& id);
    std::size_t size() const { return old_.size() + recent_.size(); }

private:
    struct Entry {
        u64 first = 0, second = 0;  // of the id
        u64 place = 0;              // height, index
        auto operator<=>(const Entry&) const = default;
    };
    static Entry entry_of(const TxId& id, u64 place);
    static const Entry* find_in(const std::vector<Entry>& sorted, const Entry& wanted);

    std::vector<Entry> old_;  // sorted
    std::vector<Entry> recent_;
    bool is_sorted_ = true;  // recent_
};

}  // namespace jangbu::ledger
