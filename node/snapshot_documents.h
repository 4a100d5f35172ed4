// The documents that the records of a snapshot name: a follower that begins there has none of the
// blocks that brought them, and its readers ask for them.
//
// Each is asked for by its hash and believed by it. What the source does not have any more, or does
// not show to who asks, is counted and told in the log: readers here miss it then. What is kept of
// each is how retention finds it (ledger/tombstone.h, NamedBelow). Cut short, it goes on with what
// is there. Threads: one, before the chain is opened. Errors: verification_failed (another document
// than the hash says), unavailable, those of the store and of the snapshot.
#pragma once

#include <filesystem>

#include "ledger/snapshot_reader.h"
#include "node/snapshot_source.h"

namespace jangbu::node {

Status fetch_documents(const ledger::SnapshotReader& snapshot,
                       const std::filesystem::path& document_folder, SnapshotSource& source);

}  // namespace jangbu::node
