// One thread beside its owner, for one task at a time: what is written or made ready while the
// owner goes on.
//
// Threads: start() and wait() from the owner's thread, or from several that take turns. Errors:
// what the task returned; kept until wait(). A task must not throw.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"

namespace jangbu::base {

class SideThread {
public:
    using Task = std::function<Status()>;

    SideThread();
    ~SideThread();  // the task under way is finished first
    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;

    // REQUIRES: nothing was started since the last wait().
    void start(Task task);
    // Until the task has ended: its outcome. At once, and fine, if there is none.
    Status wait();
    // A task was started and wait() would not return at once.
    bool is_busy() const;

private:
    void work();

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    Task task_;
    std::optional<Status> outcome_;
    bool is_taken_ = false;  // a task is under way
    bool closing_ = false;
    std::thread thread_;  // last: it uses the rest
};

}  // namespace jangbu::base
