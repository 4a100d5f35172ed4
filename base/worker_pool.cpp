#include "base/worker_pool.h"

#include "base/assert.h"

namespace jangbu::base {

WorkerPool::WorkerPool(unsigned threads) {
    JANGBU_ASSERT(threads >= 1);
    threads_.reserve(threads - 1);
    for (unsigned i = 1; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    job_came_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::run(std::size_t count, const void* self, Call call) {
    if (count == 1 || threads_.empty()) {
        for (std::size_t i = 0; i < count; ++i) call(self, i);
        return;
    }
    const std::scoped_lock one_job(callers_);
    {
        const std::scoped_lock lock(mutex_);
        self_ = self;
        call_ = call;
        count_ = count;
        next_ = 0;
        ++job_;
        is_open_ = true;
    }
    job_came_.notify_all();
    take_indices();
    std::unique_lock lock(mutex_);
    // A thread that found no core until now is not waited for.
    is_open_ = false;
    job_ended_.wait(lock, [this] { return busy_ == 0; });
}

void WorkerPool::work() {
    unsigned long done = 0;
    std::unique_lock lock(mutex_);
    while (true) {
        job_came_.wait(lock, [&] { return closing_ || (is_open_ && job_ != done); });
        if (closing_) return;
        done = job_;
        ++busy_;
        lock.unlock();
        take_indices();
        lock.lock();
        if (--busy_ == 0) job_ended_.notify_one();
    }
}

void WorkerPool::take_indices() {
    for (std::size_t i = next_++; i < count_; i = next_++) call_(self_, i);
}

}  // namespace jangbu::base
