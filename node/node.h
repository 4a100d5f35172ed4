// Node: the facade of everything between the network and the ledger.
//
// submit -> admission (cost order) -> mempool -> ordering engine -> commit strand -> snapshot,
// waiters, listeners. Owns the chain, mempool, engine and commit strand. Threads: every member may
// be called from any thread; listeners and waiters are called on the commit strand and must not
// block. After a failed durable write the node stops: stopped() says why.
#pragma once

#include <functional>
#include <memory>

#include "node/clock.h"
#include "node/committed.h"
#include "node/config.h"
#include "node/verification.h"

namespace jangbu::node {

class Node {
public:
    // Needs config.validator_secret. Errors: those of Chain::open and of the last-signed file;
    // usage (no secret, or no key of it is a validator of this ledger); io.
    static Result<std::unique_ptr<Node>> open(const Config& config, Clock clock);
    ~Node();  // stops

    // Once. Errors: conflict (the clock is behind, or far ahead of the last block).
    Status start();
    void stop();
    std::optional<std::string> stopped() const;  // the reason of a stop that nobody asked for

    std::optional<std::string> paused() const;  // why no block can be made at present (the clock)

    std::vector<Admitted> submit(ledger::Bundle bundle);
    // Calls `done` once, when the transaction is committed or `deadline_ms` (node clock) has passed
    // (nothing then).
    void wait(const TxId& id, u64 deadline_ms, std::function<void(std::optional<Committed>)> done);
    Result<Committed> find(const TxId& id) const;
    bool is_pending(const TxId& id) const;
    std::size_t pending() const;

    SnapshotPtr head() const;
    const ledger::Chain& chain() const;
    const ledger::PublicKey& validator() const;
    ledger::OrgId operator_org() const;  // of the validator key
    // Called for every block from now on, on the commit strand.
    void on_commit(std::function<void(const CommittedBlock&)> listener);
    // Replays committed blocks from a height (for the read index), from the block log, without
    // state changes filled in.
    Status for_each_block(u64 from_height,
                          const std::function<Status(const CommittedBlock&)>& visit) const;
    u64 now_ms() const;
    VerificationCounts verification() const;

private:
    Node();
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace jangbu::node
