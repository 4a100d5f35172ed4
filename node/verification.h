// Verification: all that a node verifies signatures with. Each signature is verified once: the
// first of admission, check of a proposal and execution that meets it, and the others find its
// verdict.
//
// Owns the verdict cache, the cache of prepared keys, one verifier for each of the three stations
// and the batches of admission; the threads are the node's one pool. Prepared keys: those of the
// ledger's state at start, and those that a block registers, when it is committed.
// Threads: any. Errors: limit_exceeded (admission's queue is full).
#pragma once

#include "ledger/state_tree.h"
#include "node/admission_batches.h"
#include "node/verifier.h"

namespace jangbu::node {

struct VerificationCounts {
    Verifier::Counts admission, proposals, execution;
    BatchSizes admission_batches;
    std::size_t keys = 0;
    std::size_t verdicts = 0;

    // Of all signatures in proposals, those verified before; 1 if there was none.
    double share_ahead() const;
};

class Verification {
public:
    struct Options {
        AdmissionBatches::Limits admission;
        std::size_t verdicts_max = 0;
        std::size_t keys_max = 0;
    };
    // The caller keeps the pool alive.
    Verification(base::WorkerPool& pool, const Options& options);

    // For admission: as AdmissionBatches::check.
    Status admit(std::span<const crypto::Claim> claims, std::span<bool> verdicts) {
        return batches_.check(claims, verdicts);
    }
    ledger::SignatureChecker& proposals() { return proposals_; }
    ledger::SignatureChecker& execution() { return execution_; }

    // Prepares the keys of a whole state, or those that changed.
    void remember_keys(const ledger::StateTree& state);
    void remember_keys(const ledger::StateTree::Changes& changes);

    VerificationCounts counts() const;

private:
    const std::size_t keys_max_;
    VerdictCache verdicts_;
    crypto::KeyCache keys_;
    Verifier admission_;
    Verifier proposals_;
    Verifier execution_;
    AdmissionBatches batches_;
};

}  // namespace jangbu::node
