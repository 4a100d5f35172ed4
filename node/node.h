// Node: the facade of everything between the network and the ledger.
//
// submit -> admission (cost order) -> mempool -> ordering engine -> commit strand -> snapshot,
// waiters, listeners. A follower has no admission: it takes the blocks of another node and refuses
// what is submitted to it. Owns the chain, mempool, engine and commit strand. Threads: every member
// may be called from any thread; listeners and waiters are called on the commit strand and must not
// block. After a failed durable write, and when a follower convicts its ledger's validator, the
// node stops: stopped() says why.
#pragma once

#include <functional>
#include <memory>

#include "node/clock.h"
#include "node/committed.h"
#include "node/config.h"
#include "node/following.h"
#include "node/memory_watch.h"
#include "node/verification.h"

namespace jangbu::node {

class BlockSource;
class Cosignatures;
struct Cosignature;

class Node {
public:
    // Needs config.validator_secret. Errors: those of Chain::open and of the last-signed file;
    // usage (no secret, or no key of it is a validator of this ledger); io.
    static Result<std::unique_ptr<Node>> open(const Config& config, Clock clock);
    // A node without ordering rights. Blocks come from `source`, which the caller keeps alive; with
    // a witness key, heads are cosigned. Errors: as open; verification_failed (what was followed
    // convicts the validator: the message names the evidence).
    static Result<std::unique_ptr<Node>> follow(const Config& config, Clock clock,
                                                BlockSource& source,
                                                std::optional<crypto::SigningKey> witness);
    ~Node();  // stops

    // Once. Errors: conflict (the clock is behind, or far ahead of the last block).
    Status start();
    void stop();
    std::optional<Error> failure() const;        // of a stop that nobody asked for
    std::optional<std::string> stopped() const;  // its reason

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
    Status prune(u64 height);  // as Chain::prune, on one thread
    const ledger::PublicKey& validator() const;
    ledger::OrgId operator_org() const;  // of the validator key
    // Called for every block from now on, on the commit strand.
    void on_commit(std::function<void(const CommittedBlock&)> listener);
    // Documents that retention lets go, soon, on the commit strand (node/document_retention.h).
    void prune_documents(std::vector<ledger::Tombstone> tombstones);
    std::size_t prunes_waiting() const;
    // How far a follower is; nothing from a node that orders.
    std::optional<Following> following() const;
    Status add_cosignature(const Cosignature& cosignature);  // errors: as Cosignatures::add
    const Cosignatures& cosignatures() const;
    // Replays committed blocks from a height (for the read index), from the block log, without
    // state changes filled in.
    Status for_each_block(u64 from_height,
                          const std::function<Status(const CommittedBlock&)>& visit) const;
    u64 now_ms() const;
    VerificationCounts verification() const;
    const MemoryWatch& memory() const;

private:
    Node();
    std::vector<Admitted> refuse_all(const ledger::Bundle& bundle) const;
    struct Signing;
    struct Followed;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace jangbu::node
