#include "ledger/used_ids.h"

#include "base/assert.h"

namespace jangbu::ledger {

void UsedIds::add(const TxId& id, u64 block_time_ms) {
    JANGBU_ASSERT(by_time_.empty() || by_time_.back().first <= block_time_ms);
    if (ids_.insert(id)) by_time_.emplace_back(block_time_ms, id);
}

void UsedIds::forget_before(u64 block_time_ms) {
    while (!by_time_.empty() && by_time_.front().first < block_time_ms) {
        ids_.erase(by_time_.front().second);
        by_time_.pop_front();
    }
}

void UsedIds::add_block(std::span<const TxId> ids, u64 block_time_ms) {
    for (const TxId& id : ids) add(id, block_time_ms);
    if (block_time_ms > limits::window_ms_most)
        forget_before(block_time_ms - limits::window_ms_most);
}

}  // namespace jangbu::ledger
