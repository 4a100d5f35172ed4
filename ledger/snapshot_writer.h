// Writes the snapshot of one height into a folder of its own, from an immutable Snapshot, while the
// ledger goes on.
//
// Everything is durable and was read again and checked before the folder has its name: a crash
// leaves a folder `*.new`, which the next writing removes. Memory: one chunk, and what the ledger
// changes while the Snapshot is held. Threads: one for each folder; any beside the commit strand.
// Errors: io, limit_exceeded, verification_failed (what was written is not what was read), and
// those of the callbacks.
#pragma once

#include <filesystem>

#include "ledger/executor.h"
#include "ledger/snapshot_format.h"

namespace jangbu::ledger {

// The blocks of the replay window that have transactions, ascending; nothing at the end.
using NextWindowBlock = std::function<Result<std::optional<WindowBlock>>()>;

// `folder` holds all snapshots. An existing one of this height is checked and kept. REQUIRES:
// `next` begins at window_start() of the head.
Result<SnapshotManifest> write_snapshot(const std::filesystem::path& folder, const Snapshot& at,
                                        const Genesis& genesis, const HeaderAt& headers,
                                        const NextWindowBlock& next,
                                        std::size_t chunk_bytes = limits::snapshot_chunk_bytes);

// At once: half of one never has its name.
Status remove_snapshot(const std::filesystem::path& folder, u64 height);
// What a writing or a fetch that was cut short left, of whatever height.
Status remove_unfinished_snapshots(const std::filesystem::path& folder);

}  // namespace jangbu::ledger
