#include "node/waiters.h"

namespace jangbu::node {

Waiters::Ticket Waiters::add(const TxId& id, u64 deadline_ms, Done done) {
    const std::scoped_lock lock(mutex_);
    const Ticket ticket = next_++;
    waiting_.emplace(ticket, Waiter{id, deadline_ms, std::move(done)});
    by_id_.emplace(id, ticket);
    return ticket;
}

Waiters::Done Waiters::take(Ticket ticket) {
    const std::scoped_lock lock(mutex_);
    const auto at = waiting_.find(ticket);
    return at == waiting_.end() ? Done() : remove(at);
}

Waiters::Done Waiters::remove(Waiting::iterator at) {
    const auto [from, to] = by_id_.equal_range(at->second.id);
    for (auto entry = from; entry != to; ++entry) {
        if (entry->second != at->first) continue;
        by_id_.erase(entry);
        break;
    }
    Done done = std::move(at->second.done);
    waiting_.erase(at);
    return done;
}

std::vector<Waiters::Done> Waiters::remove_all(const TxId& id) {
    const std::scoped_lock lock(mutex_);
    std::vector<Done> all;
    for (auto at = by_id_.find(id); at != by_id_.end(); at = by_id_.find(id))
        all.push_back(remove(waiting_.find(at->second)));
    return all;
}

void Waiters::committed(const CommittedBlock& block) {
    for (std::size_t i = 0; i < block.ids.size(); ++i)
        for (const Done& done : remove_all(block.ids[i]))
            done(Committed{block.input.height, static_cast<u32>(i), receipt_of(block, i)});
}

void Waiters::dropped(const TxId& id) {
    for (const Done& done : remove_all(id)) done(std::nullopt);
}

void Waiters::expire(u64 now_ms) {
    std::vector<Done> over;
    {
        const std::scoped_lock lock(mutex_);
        for (auto at = waiting_.begin(); at != waiting_.end();) {
            const auto next = std::next(at);
            if (at->second.deadline_ms <= now_ms) over.push_back(remove(at));
            at = next;
        }
    }
    for (const Done& done : over) done(std::nullopt);
}

void Waiters::end_all() {
    expire(~u64{0});
}

}  // namespace jangbu::node
