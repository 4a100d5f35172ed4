// Mempool: transactions that passed admission and wait for a block, with their documents, oldest
// first.
//
// Bounded by count, by bytes (documents included) and by count for each organisation. It is also
// the duplicate filter: an id is in it only after its signature was verified here. Threads: any (a
// mutex inside). Ownership: entries are shared and immutable.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "node/committed.h"

namespace jangbu::node {

struct Pending {
    TxId id;
    ledger::Transaction transaction;  // of a verified signature
    std::vector<ledger::Document> documents;
    ledger::OrgId org;  // of the author
    std::size_t bytes = 0;
    std::optional<market::Promise> promise;
    std::optional<ledger::Signature> promise_signature;
};
using PendingPtr = std::shared_ptr<const Pending>;

class Mempool {
public:
    struct Limits {
        std::size_t transactions_max = 0;
        std::size_t bytes_max = 0;
        std::size_t transactions_per_organisation_max = 0;
    };
    explicit Mempool(Limits limits) : limits_(limits) {}

    // Errors: already_exists (pending already), limit_exceeded (names which bound).
    Status add(PendingPtr pending);
    // Whether add would find room: asked before the signature is verified.
    Status check_room(const ledger::OrgId& org, std::size_t bytes) const;
    PendingPtr find(const TxId& id) const;
    // Oldest first, at most `count_max`. They stay until they are removed.
    std::vector<PendingPtr> oldest(std::size_t count_max) const;
    void remove(std::span<const TxId> ids);

    std::size_t size() const;
    std::size_t bytes() const;

private:
    Status room(const ledger::OrgId& org, std::size_t bytes) const;  // the caller holds the mutex

    const Limits limits_;
    mutable std::mutex mutex_;
    std::list<PendingPtr> queue_;
    std::map<TxId, std::list<PendingPtr>::iterator> by_id_;
    std::map<ledger::OrgId, std::size_t> by_org_;
    std::size_t bytes_ = 0;
};

}  // namespace jangbu::node
