// Backup: a follower's folder at rest. It is taken from a running node block by block, each
// executed and compared, so a backup that was taken is one that was checked.
//
// Of a node whose first bodies are pruned a new backup begins at its snapshot, as a follower does.
// Taken again on the same folder it brings what is new; after a crash it goes on where it was. The
// folder holds the genesis and the chain, no key and no ciphertext. Threads: the caller's, and the
// follower's strand. Errors: unavailable (the source does not answer, or withholds), conflict (the
// folder is no backup, or holds more than the source), verification_failed (another ledger, or what
// convicts its validator: the message names the evidence), io, those of Node::follow.
#pragma once

#include <functional>

#include "ledger/evidence.h"
#include "node/block_source.h"
#include "node/clock.h"
#include "node/config.h"
#include "node/snapshot_source.h"

namespace jangbu::node {

struct BackupTaken {
    u64 height = 0;
    ledger::HeaderHash head;
    u32 epoch = 0;
    u64 blocks = 0;  // taken now
    u64 bytes = 0;   // of the whole folder
    u64 base = 0;    // where it begins: a snapshot; 0 = genesis
};

// A folder that a backup may go into: absent, empty, or a backup already.
Status check_backup_folder(const std::filesystem::path& folder);

// A backup that is still to begin begins at a snapshot of the source, if the body of block 1 was
// pruned there. Nothing to do otherwise. Errors: those of node/snapshot_start.h and of the source.
Status begin_backup(const Config& config, const ledger::Genesis& genesis, BlockSource& source,
                    SnapshotSource& snapshots);

// `config` is that of a follower whose home is the backup; its genesis file is there. Ends when the
// backup holds `shown`, the head that the source showed, and everything is on disk.
// `progress` hears the height now and then.
Result<BackupTaken> take_backup(const Config& config, BlockSource& source,
                                const ledger::SignedHeader& shown, const Clock& clock,
                                const std::function<void(u64 height)>& progress = {});

}  // namespace jangbu::node
