// Node: the facade of everything between the network and the ledger.
//
// submit -> admission (cost order) -> mempool -> ordering engine -> commit strand -> snapshot,
// waiters, listeners. Owns the chain, mempool, engine and commit strand. Threads: every member may
// be called from any thread; listeners and waiters are called on the commit strand and must not
// block. After a failed durable write the node stops: stopped() says why.
#pragma once

#include <functional>
#include <memory>

#include "ledger/chain.h"
#include "market/types.h"
#include "node/config.h"

namespace jangbu::node {

using ledger::SnapshotPtr;
using ledger::TxId;

// The wall clock in ms since the epoch. Tests hand in their own.
using Clock = std::function<u64()>;

// What became of one submitted transaction.
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
    std::vector<ledger::Receipt> receipts;
    ledger::StateTree::Changes changes;
};

class Node {
public:
    static Result<std::unique_ptr<Node>> open(const Config& config, Clock clock);
    ~Node();  // stops

    Status start();
    void stop();
    std::optional<std::string> stopped() const;  // the reason of a stop that nobody asked for

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

private:
    Node();
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace jangbu::node
