// Verifier: verdicts of many signatures, from the cache where it has them, from the batch verifier
// for the rest, whose good ones it adds to the cache.
//
// A node has one for each station that asks (node/verification.h), so that a block never waits for
// a batch of admission; cache, keys and threads are shared. Its working memory grows to the largest
// call and is kept: after that nothing is allocated.
// Threads: any, one call at a time (a mutex inside); counts() any. Errors: none.
#pragma once

#include <atomic>
#include <memory>

#include "crypto/batch_verifier.h"
#include "ledger/signature_checker.h"
#include "node/verdict_cache.h"

namespace jangbu::node {

class Verifier final : public ledger::SignatureChecker {
public:
    // The caller keeps all three alive.
    Verifier(VerdictCache& cache, crypto::KeyCache& keys, base::WorkerPool& pool)
        : cache_(cache), engine_(keys, &pool) {}

    void check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) override;

    struct Counts {
        u64 verified = 0;  // by the engine, good or bad
        u64 bad = 0;
        u64 cached = 0;  // good by the cache's word
    };
    Counts counts() const;

private:
    void verify_unknown(std::span<const crypto::Claim> claims, std::span<bool> verdicts);

    VerdictCache& cache_;

    std::mutex mutex_;  // guards the working memory
    crypto::BatchVerifier engine_;
    std::vector<VerdictCache::Name> names_;  // of all claims; then, in front, of the good new ones
    std::vector<std::size_t> unknown_;       // which claims the cache does not have
    std::vector<crypto::Claim> asked_;       // those
    std::unique_ptr<bool[]> answers_;        // to asked_
    std::size_t answers_max_ = 0;

    std::atomic<u64> verified_{0}, bad_{0}, cached_{0};
};

}  // namespace jangbu::node
