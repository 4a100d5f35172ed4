// CommitStrand: the node's side of the ordering seam, from mempool to published snapshot.
//
// prepare takes the oldest transactions that a block can still use; check refuses a proposal with a
// bad signature and names its index; finalize makes documents and input durable and executes;
// commit stores the outcome, publishes the snapshot, prepares the keys that it registers, then
// tells listeners and waiters in that order. Threads: the calls of the seam on the engine's strand;
// on_commit and
// prune_documents from any thread.
#pragma once

#include "market/market_rules.h"
#include "node/mempool.h"
#include "node/ordering_engine.h"
#include "node/verification.h"
#include "node/waiters.h"

namespace jangbu::node {

class CommitStrand final : public OrderedLedger {
public:
    using Listener = std::function<void(const CommittedBlock&)>;

    // The caller keeps all alive.
    CommitStrand(ledger::Chain& chain, const market::MarketRules& rules, Mempool& mempool,
                 Verification& verification, Waiters& waiters)
        : chain_(chain),
          rules_(rules),
          mempool_(mempool),
          verification_(verification),
          waiters_(waiters) {}

    void on_commit(Listener listener);

    std::vector<ledger::Bundle> prepare(u64 time_ms, const BlockLimits& limits) override;
    Status check(const Proposal& proposal) const override;
    Result<Finalized> finalize(Proposal proposal) override;
    Result<Finalized> finalize(ledger::CheckedBlock block,
                               std::span<const ledger::Document> documents,
                               ledger::PrunedDocuments pruned) override;
    Status commit(const ledger::SoloFinality& finality) override;
    // Documents that retention lets go: some at each turn of the strand, between blocks.
    void prune_documents(std::vector<ledger::Tombstone> tombstones);
    std::size_t prunes_waiting() const;

    Agenda agenda() const override;
    void turned(u64 now_ms) override;

private:
    enum class Fate { take, leave, drop, gone };
    Fate judge(const ledger::Snapshot& head, const ledger::BlockContext& block,
               const Pending& pending) const;
    void drop(const Pending& pending);
    Result<Finalized> execute();
    void prune_some();

    ledger::Chain& chain_;
    const market::MarketRules& rules_;
    Mempool& mempool_;
    Verification& verification_;
    Waiters& waiters_;
    std::optional<ledger::Execution> finalized_;

    mutable std::mutex mutex_;  // guards the two below
    std::vector<Listener> listeners_;
    std::vector<ledger::Tombstone> prunes_;
};

}  // namespace jangbu::node
