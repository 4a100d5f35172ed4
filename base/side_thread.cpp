#include "base/side_thread.h"

#include "base/assert.h"

namespace jangbu::base {

SideThread::SideThread() : thread_([this] { work(); }) {}

SideThread::~SideThread() {
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void SideThread::start(Task task) {
    {
        const std::scoped_lock lock(mutex_);
        JANGBU_ASSERT(!task_ && !is_taken_ && !outcome_);
        task_ = std::move(task);
    }
    changed_.notify_all();
}

Status SideThread::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !task_ && !is_taken_; });
    if (!outcome_) return {};
    Status outcome = std::move(*outcome_);
    outcome_.reset();
    return outcome;
}

bool SideThread::is_busy() const {
    const std::scoped_lock lock(mutex_);
    return task_ || is_taken_;
}

void SideThread::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return closing_ || task_; });
        if (!task_) return;
        const Task task = std::move(task_);
        task_ = nullptr;
        is_taken_ = true;
        lock.unlock();
        Status outcome = task();
        lock.lock();
        is_taken_ = false;
        outcome_ = std::move(outcome);
        changed_.notify_all();
    }
}

}  // namespace jangbu::base
