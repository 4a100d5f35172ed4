// SnapshotJob: snapshots of a running node, and what may be pruned below them.
//
// Looks at the head once a second, on a thread of its own: every so many blocks it writes a
// snapshot (which is read again and checked before it counts), removes old ones, and moves the
// ledger's base up to the newest snapshot that has enough blocks above it. What fails is logged and
// leaves the node running; after a failed durable write the base moves no more until a new start.
// Its end waits for a snapshot that is being written.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "node/node.h"

namespace jangbu::node {

struct SnapshotPlan {
    u64 every_blocks = 0;  // 0: none is written
    u64 keep = 2;          // the newest; that of the base stays in any case
    u64 keep_blocks = 0;   // bodies that stay below the head; 0: nothing is pruned
};

// The newest snapshot with at least so many blocks above it. Errors: io.
Result<std::optional<u64>> prunable_height(const ledger::Chain& chain, u64 keep_blocks);
// All but the newest `keep` and that of the base. Errors: io.
Status remove_old_snapshots(const ledger::Chain& chain, u64 keep);

class SnapshotJob {
public:
    // The caller keeps the node alive.
    SnapshotJob(Node& node, const SnapshotPlan& plan);
    SnapshotJob(const SnapshotJob&) = delete;
    SnapshotJob& operator=(const SnapshotJob&) = delete;

private:
    void run(const std::stop_token& stopping);
    Status turn();

    Node& node_;
    const SnapshotPlan plan_;
    u64 newest_ = 0;  // snapshot
    std::optional<std::string> trouble_;
    std::mutex mutex_;
    std::condition_variable_any condition_;
    std::jthread thread_;  // last: it uses the rest; destroyed first, which ends it
};

}  // namespace jangbu::node
