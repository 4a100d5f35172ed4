#include "node/backup.h"

#include <thread>

#include "base/folder.h"
#include "node/node.h"
#include "node/snapshot_start.h"
#include "node/witness.h"

namespace jangbu::node {
namespace {

namespace fs = std::filesystem;

constexpr auto look_every = std::chrono::milliseconds(20);
constexpr auto patience = std::chrono::seconds(20);  // with a source that gives nothing
constexpr auto tell_every = std::chrono::seconds(5);

// Until the head has this height.
Status wait_for(const Node& node, u64 height, const std::function<void(u64)>& progress) {
    using Steady = std::chrono::steady_clock;
    u64 have = node.head()->header.height;
    auto moved = Steady::now();
    auto told = moved;
    while (have < height) {
        std::this_thread::sleep_for(look_every);
        if (const auto failure = node.failure()) return std::unexpected(*failure);
        const u64 now = node.head()->header.height;
        if (now != have) moved = Steady::now();
        have = now;
        if (const auto trouble = node.paused(); trouble && Steady::now() - moved > patience)
            return fail(ErrorCode::unavailable, "at height " + std::to_string(have) + " of " +
                                                    std::to_string(height) + ": " + *trouble +
                                                    "; what was taken is kept");
        if (progress && Steady::now() - told > tell_every) {
            told = Steady::now();
            progress(have);
        }
    }
    return {};
}

// The source may have pruned what comes next: waiting brings nothing then.
Status check_next_is_there(BlockSource& source, u64 before, u64 height) {
    if (before >= height) return {};
    const Result<FollowStream> next = source.blocks(before + 1);
    if (next || next.error().code != ErrorCode::not_found) return {};
    return fail(ErrorCode::conflict,
                "the backup ends at height " + std::to_string(before) + ", and " +
                    next.error().detail +
                    ": keep this backup, and begin a new one in another folder");
}

// What the source showed must be in the backup, which is the history of this ledger.
Status check_shown(const Node& node, const ledger::SignedHeader& shown) {
    const u64 height = shown.header.height;
    const ledger::SignedHeader held = TRY(node.chain().header(height));
    if (held.header == shown.header) return {};
    return fail(ErrorCode::verification_failed,
                "at height " + std::to_string(height) +
                    " the backup holds another block than the node that is to be backed up: two "
                    "histories of one ledger. Keep this folder, take a new backup elsewhere");
}

}  // namespace

Status check_backup_folder(const fs::path& folder) {
    std::error_code error;
    if (!fs::exists(folder, error)) return {};
    bool has_genesis = false;
    bool is_empty = true;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (name == "last-signed" || name == "validator.keystore")
            return fail(ErrorCode::conflict,
                        folder.string() + " is the home of a node, not a backup");
        has_genesis = has_genesis || name == "genesis.bin";
        // The first file of a backup, cut short by a crash.
        is_empty = is_empty && name.starts_with("genesis.bin.");
    }
    if (error)
        return fail(ErrorCode::io, "cannot read " + folder.string() + ": " + error.message());
    if (!has_genesis && !is_empty)
        return fail(ErrorCode::conflict,
                    folder.string() + " is not empty and is no backup: name another folder");
    return {};
}

Status begin_backup(const Config& config, const ledger::Genesis& genesis, BlockSource& source,
                    SnapshotSource& snapshots) {
    std::error_code error;
    for (const char* begun : {"base", "blocks", "state"})
        if (fs::exists(config.chain_folder / begun, error)) return {};
    // One that was cut short while it took the snapshot goes on with it.
    if (!fs::exists(config.chain_folder / "headers", error)) {
        const Result<FollowStream> first = source.blocks(1);
        if (first) return {};
        if (first.error().code != ErrorCode::not_found) return std::unexpected(first.error());
    }
    return start_from_snapshot(config.chain_folder, genesis, snapshots);
}

Result<BackupTaken> take_backup(const Config& config, BlockSource& source,
                                const ledger::SignedHeader& shown, const Clock& clock,
                                const std::function<void(u64)>& progress) {
    BackupTaken taken;
    {
        const auto node = TRY(Node::follow(config, clock, source, std::nullopt));
        const u64 before = node->head()->header.height;
        if (before > shown.header.height) {
            TRY(check_shown(*node, shown));
            return fail(ErrorCode::conflict,
                        "the backup stands at height " + std::to_string(before) + ", the node at " +
                            std::to_string(shown.header.height) +
                            ": blocks were lost there. Keep this backup, restore the node from it");
        }
        TRY(check_next_is_there(source, before, shown.header.height));
        TRY(node->start());
        const Status done = wait_for(*node, shown.header.height, progress);
        node->stop();
        if (!done) return std::unexpected(done.error());
        TRY(check_shown(*node, shown));
        const SnapshotPtr head = node->head();
        taken = {head->header.height,          head->hash, head->header.epoch,
                 head->header.height - before, 0,          node->chain().base_height()};
    }
    TRY(base::sync_all(config.home));
    taken.bytes = TRY(base::folder_bytes(config.home));
    return taken;
}

}  // namespace jangbu::node
