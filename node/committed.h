// What became of a submitted transaction, and where a committed one stands.
#pragma once

#include "ledger/chain.h"
#include "market/types.h"

namespace jangbu::node {

using ledger::SnapshotPtr;
using ledger::TxId;

// The answer to one submitted transaction.
struct Admitted {
    enum class Status { pending, committed, refused };
    TxId id;
    Status status = Status::refused;
    ledger::RejectionCode rejection = 0;  // when refused for a protocol reason
    std::optional<Error> error;           // when refused for a local one (mempool full, stopping)
    std::optional<market::Promise> promise;  // for PostKey
    std::optional<ledger::Signature> promise_signature;
};

// Where a transaction stands in the ledger.
struct Committed {
    u64 height = 0;
    u32 index = 0;
    ledger::Receipt receipt;
};

// One committed block, as the read index and event streams follow it.
struct CommittedBlock {
    SnapshotPtr snapshot;
    ledger::BlockInput input;
    std::vector<TxId> ids;
    std::vector<ledger::Receipt> receipts;  // system receipts first
    ledger::StateTree::Changes changes;
};

// The receipt of transaction `index`. REQUIRES: index < block.ids.size().
const ledger::Receipt& receipt_of(const CommittedBlock& block, std::size_t index);

// Errors: not_found (also while its block is being committed), io, corrupted. Threads: any.
Result<Committed> find_committed(const ledger::Chain& chain, const TxId& id);
// A block from the log. Its snapshot has header, hash and finality, but neither state nor history;
// changes are empty.
Result<CommittedBlock> read_block(const ledger::Chain& chain, const ledger::OperationCodec& codec,
                                  u64 height);

}  // namespace jangbu::node
