// Application: the seam through which the market plugs into the ledger. Pure functions over a state
// view.
//
// Everything here is deterministic: block time only; no clock, locale, float, randomness, pointer
// or hash-map order. Threads: const members may be called from any thread; the others on the commit
// strand only.
#pragma once

#include <memory>

#include "ledger/block.h"
#include "ledger/members.h"
#include "ledger/prepared_block.h"
#include "ledger/state_tree.h"

namespace jangbu::ledger {

struct BlockContext {
    ChainId chain_id;
    u16 protocol_version = 0;
    u64 height = 0;
    u64 time_ms = 0;         // block time
    u64 market_time_ms = 0;  // of this block, expiries included
};

struct Outcome {
    RejectionCode code = accepted;
    std::vector<Bytes> events;
};

class Application : public OperationCodec {
public:
    // Active at this protocol version? An operation whose encoding is reserved but not active is
    // Rejection 10.
    virtual bool is_active(ByteView operation, u16 protocol_version) const = 0;
    // Bit p - 1 is set if a key of purpose p may sign this operation.
    virtual u8 purposes(ByteView operation) const = 0;
    // Every document that the operation names. A transaction is admitted only with all of them.
    virtual std::vector<DocumentRef> documents(ByteView operation) const = 0;
    // What the operation says if it opens an epoch. Where such a one may stand is the executor's
    // rule; its guard and effect are the application's.
    virtual std::optional<EpochOpening> opens_epoch(ByteView) const { return std::nullopt; }
    // Every state key that the operation may read or write beyond members and parameters; at most
    // three look-ups deep.
    virtual std::vector<StateKey> keys(ByteView operation, const BlockContext& block,
                                       const OrgId& author, const StateReader& state) const = 0;

    // The operations of one block, ready to be applied; by default nothing is prepared. Equal
    // results either way.
    virtual std::unique_ptr<PreparedBlock> prepare(std::span<const Transaction> transactions,
                                                   u16 protocol_version) const;

    // Guard and effect of one operation by a live key of `author`. On rejection the overlay is
    // dropped by the caller.
    virtual Outcome apply(ByteView operation, const TxId& id, const BlockContext& block,
                          const Key& author, const DocumentReader& documents,
                          Overlay& state) const = 0;

    // Due deadlines (market time > deadline) in (deadline, id) order, at most
    // expiries_per_block_max, as receipts.
    virtual std::vector<Receipt> expire(const BlockContext& block, Overlay& state) = 0;
    // The earliest market time at which a block is due for a deadline; nothing if there is no
    // deadline.
    virtual std::optional<u64> next_deadline_ms() const = 0;

    // What the application derives from state (its deadline index). rebuild() at start, committed()
    // after each block.
    virtual void rebuild(const StateTree& state) = 0;
    virtual void committed(const StateTree& before, const StateTree::Changes& changes) = 0;
};

}  // namespace jangbu::ledger
