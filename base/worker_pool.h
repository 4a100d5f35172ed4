// A fixed number of threads that share one job at a time: the cores of the hot path.
//
// run(count, task) calls task(0) to task(count - 1), each once, on the pool's threads and on the
// calling one, and returns when all are done. Results must not depend on which thread took which
// index. Nothing is allocated by a run. Threads: run() from any thread; a second caller waits for
// the first. A task must not call run() of the same pool. Errors: none; a task must not throw.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace jangbu::base {

class WorkerPool {
public:
    // `threads` work at most, the caller of run() included. REQUIRES: threads >= 1.
    explicit WorkerPool(unsigned threads);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    unsigned threads() const { return static_cast<unsigned>(threads_.size()) + 1; }

    template <class Task>
    void run(std::size_t count, const Task& task) {
        run(count, &task,
            [](const void* self, std::size_t index) { (*static_cast<const Task*>(self))(index); });
    }

private:
    using Call = void (*)(const void* self, std::size_t index);

    void run(std::size_t count, const void* self, Call call);
    void work();
    void take_indices();

    std::mutex callers_;  // one job at a time
    std::mutex mutex_;    // guards what follows, except next_
    std::condition_variable job_came_;
    std::condition_variable job_ended_;
    const void* self_ = nullptr;
    Call call_ = nullptr;
    std::size_t count_ = 0;
    std::size_t busy_ = 0;   // threads of the pool that work on the job
    unsigned long job_ = 0;  // its number
    bool is_open_ = false;   // who comes now may still take part
    bool closing_ = false;
    std::atomic<std::size_t> next_{0};

    std::vector<std::thread> threads_;
};

}  // namespace jangbu::base
