// OrderingEngine: who decides which transactions come in which order, and the seam through which it
// drives the ledger.
//
// The seam has four calls shaped like ABCI, so that a solo engine and CometBFT both fit: prepare,
// check, finalize, commit. The engine calls them, the node implements them (node/commit_strand.h).
// The application makes the header; the engine gives it finality. Ledger height is not engine
// height: an engine makes a block only if the agenda asks for one. Threads: all calls of the seam
// on one strand, which the engine owns.
#pragma once

#include "ledger/executor.h"
#include "ledger/tombstone.h"

namespace jangbu::node {

struct BlockLimits {
    std::size_t transactions_max = 0;
    std::size_t bytes_max = 0;  // documents included
};

// One block before it is ordered. Each bundle is one transaction with its documents.
struct Proposal {
    u32 epoch = 0;
    u64 height = 0;
    u64 time_ms = 0;
    ledger::HeaderHash parent;
    std::vector<ledger::Bundle> bundles;
};
ledger::BlockInput block_input(const Proposal& proposal);

struct Finalized {
    ledger::Header header;
    ledger::HeaderHash hash;
    std::vector<ledger::Validator>
        validator_changes;  // power 0 would remove; a solo ledger has none
};

// What is due, as of the head.
struct Agenda {
    ledger::Header head;
    ledger::HeaderHash head_hash;
    std::size_t pending = 0;              // transactions that wait
    std::optional<u64> next_deadline_ms;  // market time from which a block is due
    u64 heartbeat_ms = 0;
    u64 halt_gap_ms = 0;
};

class OrderedLedger {
public:
    virtual ~OrderedLedger() = default;
    // The transactions of the next block, were it made at `time_ms`.
    virtual std::vector<ledger::Bundle> prepare(u64 time_ms, const BlockLimits& limits) = 0;
    // Fine, or the reason why no honest node makes this proposal. Does not depend on state.
    virtual Status check(const Proposal& proposal) const = 0;
    // Makes documents and input durable, executes. After an error the ledger goes on no more.
    virtual Result<Finalized> finalize(Proposal proposal) = 0;
    // A block that another engine ordered, its input checked ahead (Chain::check_ahead).
    // `pruned` stands for documents that are gone.
    virtual Result<Finalized> finalize(ledger::CheckedBlock block,
                                       std::span<const ledger::Document> documents,
                                       ledger::PrunedDocuments pruned) = 0;
    // Of what was finalized last.
    virtual Status commit(const ledger::SoloFinality& finality) = 0;

    virtual Agenda agenda() const = 0;
    // Once each turn of the strand, at least every 100 ms.
    virtual void turned(u64 now_ms) = 0;
};

class OrderingEngine {
public:
    // Called once, on the strand, if the engine cannot go on.
    using OnFailure = std::function<void(const Error& reason)>;

    virtual ~OrderingEngine() = default;
    virtual Status start(OnFailure on_failure) = 0;
    virtual void stop() = 0;  // returns when the strand has ended
    virtual void wake() = 0;  // a transaction waits; any thread
    // Why no block can be made at present, if so; any thread.
    virtual std::optional<std::string> paused() const = 0;
};

}  // namespace jangbu::node
