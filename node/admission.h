// Admission: what may wait for a block. Checks in the order of their cost, signatures of all who
// submit at the same time together, and only a transaction whose signature verified enters the
// mempool, which is the duplicate filter.
//
// Order: chain, size, canonical operation, `since`, no OpenEpoch; committed or pending already
// (then that is the answer: a retry is the same transaction); replay window; live key and its
// purpose; documents present and matching; room; signature; checks of an order
// (node/order_checks.h); mempool. A refusal here leaves no trace in the ledger and does not use the
// id. Threads: submit() from any thread.
#pragma once

#include <map>
#include <mutex>

#include "market/market_rules.h"
#include "node/clock.h"
#include "node/committed.h"
#include "node/memory_watch.h"
#include "node/mempool.h"
#include "node/verification.h"

namespace jangbu::node {

// By this long after a PostKey was admitted its promise says it is in the ledger.
inline constexpr u64 promise_ms = 10'000;
inline constexpr u64 proof_pause_ms = 60'000;  // one attempt per order and minute

class Admission {
public:
    // The caller keeps all alive.
    Admission(const ledger::Chain& chain, const market::MarketRules& rules, Mempool& mempool,
              Verification& verification, const crypto::SigningKey& validator, Clock clock,
              const MemoryWatch& memory)
        : chain_(chain),
          rules_(rules),
          mempool_(mempool),
          verification_(verification),
          validator_(validator),
          clock_(std::move(clock)),
          memory_(memory) {}

    // One answer for each transaction, in order.
    std::vector<Admitted> submit(ledger::Bundle bundle);
    // From now on everything is refused as unavailable.
    void close(std::string reason);

private:
    struct Candidate;
    struct Moment;

    Moment now() const;
    bool answered_before(Admitted& answer) const;
    // A rejection of the protocol, or nothing.
    std::optional<ledger::RejectionCode> check_cheap(const Moment& moment,
                                                     Candidate& candidate) const;
    std::optional<ledger::RejectionCode> gather_documents(
        const ledger::Bundle& bundle, const std::map<ledger::DocumentHash, std::size_t>& sent,
        Candidate& candidate) const;
    void verify_signatures(std::vector<Candidate>& candidates, std::vector<Admitted>& answers);
    Status take_attempt(const Moment& moment, const Candidate& candidate);
    void finish(const Moment& moment, Candidate& candidate, Admitted& answer);
    void add(const Moment& moment, Candidate& candidate, Admitted& answer);

    const ledger::Chain& chain_;
    const market::MarketRules& rules_;
    Mempool& mempool_;
    Verification& verification_;
    const crypto::SigningKey& validator_;
    const Clock clock_;
    const MemoryWatch& memory_;

    std::mutex mutex_;  // guards closed_ and attempts_
    std::optional<std::string> closed_;
    std::map<market::OrderId, u64> attempts_;  // when a proof of this order was checked last
};

}  // namespace jangbu::node
