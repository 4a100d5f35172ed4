// UsedIds: the transaction ids of the replay window, derived from the block log and never from
// state.
//
// Holds the ids of the last 24 h of block time (the upper bound of window_max). A transaction
// rejected in a block has used its id.
// Threads: commit strand writes; Chain guards concurrent reads with its own lock.
#pragma once

#include <deque>
#include <span>

#include "ledger/id_set.h"
#include "ledger/limits.h"
#include "ledger/types.h"

namespace jangbu::ledger {

class UsedIds {
public:
    bool contains(const TxId& id) const { return ids_.contains(id); }
    // REQUIRES: block times do not descend.
    void add(const TxId& id, u64 block_time_ms);
    // Forgets what no window can reach any more.
    void forget_before(u64 block_time_ms);
    // A committed block: adds its ids and forgets those 24 h older.
    void add_block(std::span<const TxId> ids, u64 block_time_ms);
    std::size_t size() const { return ids_.size(); }

private:
    IdSet ids_;
    std::deque<std::pair<u64, TxId>> by_time_;
};

}  // namespace jangbu::ledger
