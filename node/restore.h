// Restore: a ledger's folder from a backup, and what its next start needs to go on from it.
//
// The restored chain is opened, which checks all of it, and compared with a header that its
// validator signed. It goes on in a new epoch: the next start opens it with its first block
// (node/next_epoch.h), and last-signed forbids every header of an earlier one. The new home appears
// whole, by one rename, or not at all. Threads: the caller's. Errors: usage, conflict (the home is
// not empty; blocks are missing), verification_failed (the backup holds another history), io, those
// of Chain::open.
#pragma once

#include <optional>

#include "ledger/genesis.h"
#include "node/config.h"

namespace jangbu::node {

struct RestorePlan {
    std::filesystem::path from;  // a backup, or a follower's home at rest
    std::filesystem::path home;  // to make
    std::filesystem::path keystore;
    // What the keystore opens to; it must hold a validator's key.
    std::optional<crypto::OrganisationSecret> validator_secret;
    std::string settings;                  // the first config.toml
    std::optional<ledger::Header> verify;  // whose signature the caller has checked
    ledger::EpochReason reason = ledger::EpochReason::restore;
    bool loses_blocks = false;  // though `verify` stands higher than the backup
};

struct RestoredLedger {
    ledger::ChainId chain;
    u64 height = 0;
    ledger::HeaderHash head;
    ledger::Hash state_root{};
    u32 epoch = 0;           // of the head
    u32 next_epoch = 0;      // that the next start opens
    u64 blocks_missing = 0;  // below the header of `verify`
    u64 bytes = 0;           // copied
    u64 base = 0;            // where it begins: a snapshot; 0 = genesis
};

// Only judges the backup: nothing is made, nothing in it is changed.
Result<RestoredLedger> verify_backup(const RestorePlan& plan);
Result<RestoredLedger> restore(const RestorePlan& plan);

}  // namespace jangbu::node
