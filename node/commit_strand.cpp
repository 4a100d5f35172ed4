#include "node/commit_strand.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "node/order_checks.h"

namespace jangbu::node {
namespace {

constexpr std::size_t pruned_together = 64;

std::unexpected<Error> refused(const std::string& what) {
    return fail(ErrorCode::verification_failed, "proposal refused: " + what);
}

std::unexpected<Error> refused(std::size_t index, const std::string& what) {
    return refused("transaction " + std::to_string(index) + ": " + what);
}

// Those that a bundle brings must be what the transaction names, and nothing else.
Status check_documents(const ledger::Bundle& bundle, const market::MarketRules& rules) {
    std::map<ledger::DocumentHash, u32> named;
    for (const ledger::Transaction& transaction : bundle.transactions)
        for (const ledger::DocumentRef& ref : rules.documents(transaction.body.operation))
            named.emplace(ref.hash, ref.length);
    for (const ledger::Document& document : bundle.documents) {
        const Bytes bytes = bcs::encode(document);
        const auto at = named.find(ledger::document_hash(bytes));
        if (at == named.end() || at->second != bytes.size())
            return refused("a document that no transaction names");
    }
    return {};
}

}  // namespace

void CommitStrand::on_commit(Listener listener) {
    const std::scoped_lock lock(mutex_);
    listeners_.push_back(std::move(listener));
}

// What the head says of a transaction that was fine when it was admitted.
CommitStrand::Fate CommitStrand::judge(const ledger::Snapshot& head,
                                       const ledger::BlockContext& block,
                                       const Pending& pending) const {
    if (chain_.is_used(pending.id)) return Fate::gone;  // submitted again while it was committed
    const ledger::Body& body = pending.transaction.body;
    if (body.valid_from_ms > block.time_ms) return Fate::leave;
    const u64 window_max =
        ledger::number(head.state, ledger::parameters::window_max_ms, block.height);
    if (!ledger::window_is_valid(body.valid_from_ms, body.valid_for_ms, block.time_ms, window_max))
        return Fate::drop;
    const market::Operation operation = operation_of(pending.transaction);
    const auto author = ledger::find_key_by_bytes(head.state, body.author.bytes);
    JANGBU_ASSERT(author.has_value());  // keys are revoked, never removed
    const Judged judged{operation, pending.id, *author, pending.documents};
    return check_before_order(head, block, judged) ? Fate::drop : Fate::take;
}

void CommitStrand::drop(const Pending& pending) {
    log::info("node", "transaction dropped, a block would refuse it", {{"txid", pending.id.hex()}});
    mempool_.remove({&pending.id, 1});
    waiters_.dropped(pending.id);
}

std::vector<ledger::Bundle> CommitStrand::prepare(u64 time_ms, const BlockLimits& limits) {
    const SnapshotPtr head = chain_.head();
    const ledger::BlockContext block = head->next_block(time_ms);
    // Proofs come first and one per order, so that what was checked here is what the block finds
    // and the document of a losing proof is never stored.
    std::vector<ledger::Bundle> proofs;
    std::vector<ledger::Bundle> others;
    std::set<market::OrderId> proven;
    std::size_t bytes = 0;
    for (const PendingPtr& pending : mempool_.oldest(limits.transactions_max)) {
        const Fate fate = judge(*head, block, *pending);
        if (fate == Fate::drop) drop(*pending);
        if (fate == Fate::gone) mempool_.remove({&pending->id, 1});
        if (fate != Fate::take) continue;
        const auto order = proven_order(operation_of(pending->transaction));
        if (order && !proven.insert(*order).second) continue;
        if (bytes > 0 && bytes + pending->bytes > limits.bytes_max) break;
        bytes += pending->bytes;
        (order ? proofs : others).push_back({{pending->transaction}, pending->documents});
    }
    proofs.insert(proofs.end(), std::make_move_iterator(others.begin()),
                  std::make_move_iterator(others.end()));
    return proofs;
}

Status CommitStrand::check(const Proposal& proposal) const {
    const u16 version = chain_.head()->header.protocol_version;
    std::size_t count = 0;
    for (const ledger::Bundle& bundle : proposal.bundles) count += bundle.transactions.size();
    if (count > ledger::limits::block_transactions_max) return refused("too many transactions");
    std::set<TxId> ids;
    ledger::TransactionClaims claims(count);
    for (const ledger::Bundle& bundle : proposal.bundles) {
        TRY(check_documents(bundle, rules_));
        for (const ledger::Transaction& transaction : bundle.transactions) {
            const TxId id = ledger::txid(chain_.id(), transaction.body);
            const std::size_t index = claims.claims().size();
            if (!ids.insert(id).second) return refused(index, "the same as one before");
            if (const auto rejection =
                    ledger::check_unsigned_form(transaction, chain_.id(), version, rules_))
                return refused(index, ledger::name(*rejection));
            claims.add(id, transaction);
        }
    }
    if (const auto bad = ledger::first_bad(verification_.proposals(), claims))
        return refused(*bad, ledger::name(ledger::Rejection::bad_signature));
    return {};
}

Result<Finalized> CommitStrand::finalize(Proposal proposal) {
    std::vector<ledger::Document> documents;
    for (const ledger::Bundle& bundle : proposal.bundles)
        documents.insert(documents.end(), bundle.documents.begin(), bundle.documents.end());
    if (!documents.empty()) TRY(chain_.store_documents(documents));
    ledger::BlockInput input = block_input(proposal);
    TRY(chain_.append(std::move(input)));
    return execute();
}

Result<Finalized> CommitStrand::finalize(ledger::CheckedBlock block,
                                         std::span<const ledger::Document> documents,
                                         ledger::PrunedDocuments pruned) {
    if (!documents.empty()) TRY(chain_.store_documents(documents));
    TRY(chain_.append(std::move(block), std::move(pruned)));
    return execute();
}

Result<Finalized> CommitStrand::execute() {
    finalized_ = TRY(chain_.execute());
    return Finalized{finalized_->header, finalized_->hash, {}};
}

Status CommitStrand::commit(const ledger::SoloFinality& finality) {
    JANGBU_ASSERT(finalized_.has_value());
    CommittedBlock block{nullptr, finalized_->input, finalized_->ids, finalized_->receipts,
                         finalized_->changes};
    TRY(chain_.commit(std::move(*finalized_), finality));
    finalized_.reset();
    block.snapshot = chain_.head();
    mempool_.remove(block.ids);
    verification_.remember_keys(block.changes);
    const ledger::Header& header = block.snapshot->header;
    log::info("node", "block committed",
              {{"height", header.height},
               {"transactions", u64{header.tx_count}},
               {"receipts", u64{header.receipt_count}},
               {"hash", block.snapshot->hash.hex()}});
    std::vector<Listener> listeners;
    {
        const std::scoped_lock lock(mutex_);
        listeners = listeners_;
    }
    for (const Listener& listener : listeners) listener(block);
    waiters_.committed(block);
    return {};
}

Agenda CommitStrand::agenda() const {
    const SnapshotPtr head = chain_.head();
    const u64 height = head->header.height + 1;
    return {head->header,
            head->hash,
            mempool_.size(),
            rules_.next_deadline_ms(),
            ledger::number(head->state, ledger::parameters::heartbeat_ms, height),
            ledger::number(head->state, ledger::parameters::halt_gap_ms, height)};
}

void CommitStrand::turned(u64 now_ms) {
    waiters_.expire(now_ms);
    prune_some();
}

void CommitStrand::prune_documents(std::vector<ledger::Tombstone> tombstones) {
    const std::scoped_lock lock(mutex_);
    prunes_ = std::move(tombstones);
}

std::size_t CommitStrand::prunes_waiting() const {
    const std::scoped_lock lock(mutex_);
    return prunes_.size();
}

// A failed write ends the chain: the next block tells.
void CommitStrand::prune_some() {
    std::vector<ledger::Tombstone> some;
    {
        const std::scoped_lock lock(mutex_);
        const std::size_t count = std::min(prunes_.size(), pruned_together);
        if (count == 0) return;
        some.assign(prunes_.end() - static_cast<std::ptrdiff_t>(count), prunes_.end());
    }
    const Result<std::size_t> gone = chain_.prune_documents(some);
    if (!gone) log::error("node", "documents stay", {{"reason", gone.error().detail}});
    const std::scoped_lock lock(mutex_);
    prunes_.resize(gone ? prunes_.size() - std::min(prunes_.size(), some.size()) : 0);
}

}  // namespace jangbu::node
