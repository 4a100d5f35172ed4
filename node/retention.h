// Retention: what leaves the content store, and when (docs/exchange.md section 8).
//
// Ciphertext goes 30 days after its order ended, or 24 h after it if the order was never locked.
// Walks closed orders in (closed height, id) order. Content without an order or dataset is a fault:
// counted and logged, never deleted by itself. Threads: sweep() is a plain call; RetentionJob runs
// it on a thread of its own.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "node/node.h"
#include "node/tickets.h"

namespace jangbu::node {

struct Swept {
    std::size_t erased = 0;
    std::size_t faults = 0;    // content whose subject the ledger does not know
    std::size_t failures = 0;  // that could not be erased
};
// Nothing before `desk.now_ms` says so, by the store's clock against the block time of the order's
// end.
Swept sweep(const Desk& desk, ContentStore& store);

// Sweeps at start and then every hour, until it is destroyed. The caller keeps node and store
// alive.
class RetentionJob {
public:
    RetentionJob(const Node& node, ContentStore& store);
    ~RetentionJob() = default;
    RetentionJob(const RetentionJob&) = delete;
    RetentionJob& operator=(const RetentionJob&) = delete;

private:
    std::mutex mutex_;
    std::condition_variable_any condition_;
    std::jthread thread_;  // last: it uses the rest; destroyed first, which ends it
};

// Block time of a height, from the block log.
HeightTime height_times(const ledger::Chain& chain);

}  // namespace jangbu::node
