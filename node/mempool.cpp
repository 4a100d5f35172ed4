#include "node/mempool.h"

namespace jangbu::node {

Status Mempool::room(const ledger::OrgId& org, std::size_t bytes) const {
    if (queue_.size() >= limits_.transactions_max)
        return fail(ErrorCode::limit_exceeded, "the mempool holds as many transactions as it may");
    if (bytes > limits_.bytes_max || bytes_ > limits_.bytes_max - bytes)
        return fail(ErrorCode::limit_exceeded, "the mempool holds as many bytes as it may");
    const auto count = by_org_.find(org);
    if (count != by_org_.end() && count->second >= limits_.transactions_per_organisation_max)
        return fail(ErrorCode::limit_exceeded,
                    "the mempool holds as many transactions of this organisation as it may");
    return {};
}

Status Mempool::check_room(const ledger::OrgId& org, std::size_t bytes) const {
    const std::scoped_lock lock(mutex_);
    return room(org, bytes);
}

Status Mempool::add(PendingPtr pending) {
    const std::scoped_lock lock(mutex_);
    if (by_id_.contains(pending->id))
        return fail(ErrorCode::already_exists, "the transaction is pending already");
    TRY(room(pending->org, pending->bytes));
    bytes_ += pending->bytes;
    ++by_org_[pending->org];
    const TxId id = pending->id;
    by_id_.emplace(id, queue_.insert(queue_.end(), std::move(pending)));
    return {};
}

PendingPtr Mempool::find(const TxId& id) const {
    const std::scoped_lock lock(mutex_);
    const auto at = by_id_.find(id);
    return at == by_id_.end() ? nullptr : *at->second;
}

std::vector<PendingPtr> Mempool::oldest(std::size_t count_max) const {
    const std::scoped_lock lock(mutex_);
    std::vector<PendingPtr> out;
    for (const PendingPtr& pending : queue_) {
        if (out.size() == count_max) break;
        out.push_back(pending);
    }
    return out;
}

void Mempool::remove(std::span<const TxId> ids) {
    const std::scoped_lock lock(mutex_);
    for (const TxId& id : ids) {
        const auto at = by_id_.find(id);
        if (at == by_id_.end()) continue;
        const PendingPtr& pending = *at->second;
        bytes_ -= pending->bytes;
        const auto count = by_org_.find(pending->org);
        if (--count->second == 0) by_org_.erase(count);
        queue_.erase(at->second);
        by_id_.erase(at);
    }
}

std::size_t Mempool::size() const {
    const std::scoped_lock lock(mutex_);
    return queue_.size();
}

std::size_t Mempool::bytes() const {
    const std::scoped_lock lock(mutex_);
    return bytes_;
}

}  // namespace jangbu::node
