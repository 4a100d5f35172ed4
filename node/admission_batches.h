// AdmissionBatches: the signatures of callers that come at the same time, verified together.
//
// Group commit: the first caller verifies its own at once. Who comes meanwhile queues; when the
// batch is done, the first of them verifies all that queued, and so on. There is no window: it
// would cost every caller its length at low load, and at high load more of them queue anyway. But
// callers are as a rule more than cores: one that leads, and sees that another thread called last,
// gives up its core for as long as that brings callers into the queue. A lone caller pays nothing.
// Source: DeWitt et al., Implementation Techniques for Main Memory Database Systems, 1984.
// Bounded: at most `queue_max` signatures wait; a caller above that is refused at once. Nothing is
// allocated but for the largest batch so far. Threads: check() from any thread, blocks until its
// verdicts are there. Errors: limit_exceeded (the queue is full).
#pragma once

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "base/result.h"
#include "ledger/signature_checker.h"

namespace jangbu::node {

// How many batches were of which size: by_size[i] counts those above 2^(i-1) and up to 2^i.
struct BatchSizes {
    static constexpr std::size_t bounds = 14;  // the last up to 8,192
    std::array<u64, bounds + 1> by_size{};     // and one for those above
    u64 batches = 0;
    u64 signatures = 0;

    void add(std::size_t size);
};

class AdmissionBatches {
public:
    struct Limits {
        std::size_t batch_max = 0;  // a batch takes at least one caller, whatever it brings
        std::size_t queue_max = 0;
    };
    // The caller keeps `checker` alive; it is asked by one thread at a time.
    AdmissionBatches(ledger::SignatureChecker& checker, Limits limits)
        : checker_(checker), limits_(limits) {}

    // verdicts[i] = whether claims[i] is good; nothing is written on error. REQUIRES: as many
    // verdicts as claims.
    Status check(std::span<const crypto::Claim> claims, std::span<bool> verdicts);
    BatchSizes sizes() const;
    std::size_t waiting() const;  // signatures in the queue

private:
    struct Caller;
    void lead(std::unique_lock<std::mutex>& lock);
    void let_others_come(std::unique_lock<std::mutex>& lock) const;
    std::size_t take_batch();
    void verify(std::size_t count);

    ledger::SignatureChecker& checker_;
    const Limits limits_;

    mutable std::mutex mutex_;  // guards all but the batch, which belongs to who leads
    bool led_ = false;          // somebody leads; if not, nobody waits
    Caller* first_ = nullptr;   // the queue, on the callers' stacks
    Caller* last_ = nullptr;
    std::size_t waiting_ = 0;
    std::thread::id last_came_;
    bool has_company_ = false;  // the last two callers were different threads
    BatchSizes sizes_;

    std::vector<Caller*> batch_;
    std::vector<crypto::Claim> claims_;
    std::unique_ptr<bool[]> verdicts_;
    std::size_t verdicts_max_ = 0;
};

}  // namespace jangbu::node
