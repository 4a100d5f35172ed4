#include "node/snapshot_job.h"

#include <algorithm>

#include "base/log.h"
#include "ledger/snapshot_reader.h"
#include "ledger/snapshot_writer.h"

namespace jangbu::node {
namespace {

constexpr std::chrono::seconds pause{1};

}  // namespace

Result<std::optional<u64>> prunable_height(const ledger::Chain& chain, u64 keep_blocks) {
    const u64 head = chain.head()->header.height;
    std::optional<u64> found;
    for (const u64 height : TRY(ledger::snapshot_heights(chain.base()->snapshots())))
        if (height <= head && head - height >= keep_blocks) found = height;
    return found;
}

Status remove_old_snapshots(const ledger::Chain& chain, u64 keep) {
    const std::filesystem::path& folder = chain.base()->snapshots();
    std::vector<u64> heights = TRY(ledger::snapshot_heights(folder));
    heights.resize(heights.size() - std::min<std::size_t>(keep, heights.size()));
    for (const u64 height : heights)
        if (height != chain.base_height()) TRY(ledger::remove_snapshot(folder, height));
    return {};
}

SnapshotJob::SnapshotJob(Node& node, const SnapshotPlan& plan)
    : node_(node),
      plan_(plan),
      thread_([this](const std::stop_token& stopping) { run(stopping); }) {}

void SnapshotJob::run(const std::stop_token& stopping) {
    const auto kept = ledger::snapshot_heights(node_.chain().base()->snapshots());
    if (kept && !kept->empty()) newest_ = kept->back();
    while (!stopping.stop_requested()) {
        const Status done = turn();
        const auto trouble = done ? std::nullopt : std::optional(done.error().detail);
        if (trouble && trouble != trouble_)
            log::error("node", "snapshot or prune failed", {{"reason", *trouble}});
        trouble_ = trouble;
        std::unique_lock lock(mutex_);
        condition_.wait_for(lock, stopping, pause, [] { return false; });
    }
}

Status SnapshotJob::turn() {
    const SnapshotPtr head = node_.head();
    const u64 height = head->header.height;
    if (plan_.every_blocks > 0 && height >= newest_ + plan_.every_blocks) {
        const ledger::SnapshotManifest made = TRY(node_.chain().write_snapshot(*head));
        newest_ = height;
        log::info("node", "snapshot written",
                  {{"height", height}, {"bytes", made.bytes()}, {"files", u64{made.file_count()}}});
        TRY(remove_old_snapshots(node_.chain(), plan_.keep));
    }
    if (plan_.keep_blocks == 0) return {};
    const std::optional<u64> base = TRY(prunable_height(node_.chain(), plan_.keep_blocks));
    if (!base || *base <= node_.chain().base_height()) return {};
    TRY(node_.prune(*base));
    return remove_old_snapshots(node_.chain(), plan_.keep);
}

}  // namespace jangbu::node
