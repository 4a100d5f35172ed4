// Waiters: who waits for a transaction to be committed.
//
// Each `done` is called exactly once and never under the lock. Threads: any.
#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "node/committed.h"

namespace jangbu::node {

class Waiters {
public:
    using Done = std::function<void(std::optional<Committed>)>;
    using Ticket = u64;

    Ticket add(const TxId& id, u64 deadline_ms, Done done);
    // The waiter itself, if nobody called it yet.
    Done take(Ticket ticket);

    void committed(const CommittedBlock& block);
    void dropped(const TxId& id);  // it will not come
    void expire(u64 now_ms);
    void end_all();

private:
    struct Waiter {
        TxId id;
        u64 deadline_ms = 0;
        Done done;
    };
    using Waiting = std::map<Ticket, Waiter>;
    Done remove(Waiting::iterator at);  // the caller holds the mutex
    std::vector<Done> remove_all(const TxId& id);

    std::mutex mutex_;
    Waiting waiting_;
    std::multimap<TxId, Ticket> by_id_;
    Ticket next_ = 0;
};

}  // namespace jangbu::node
