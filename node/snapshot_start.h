// SnapshotStart: makes an empty chain folder begin at a snapshot of another node.
//
// First the header chain from genesis to the snapshot's height, each header linked to the one
// before and each piece signed by a validator; then the manifest, which must be of that header;
// then every chunk, each checked alone before it is kept; then the documents that its records name
// (node/snapshot_documents.h). The mark that makes it count is written
// last. Killed at any point, it goes on with what is there and still passes. Threads: one, before
// the chain is opened. Errors: verification_failed (the source lies: names it and what), not_found
// (it offers no snapshot), corrupted and io of the folder, those of the source.
#pragma once

#include <filesystem>

#include "node/snapshot_source.h"

namespace jangbu::node {

// Nothing to do if the folder holds a ledger already, wherever that begins.
Status start_from_snapshot(const std::filesystem::path& chain_folder,
                           const ledger::Genesis& genesis, SnapshotSource& source);

}  // namespace jangbu::node
