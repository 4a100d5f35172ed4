// Runs numbered work on every core: each worker has its own hands and takes the next number.
//
// Threads: run_blocks starts and joins them. The first error stops all and is returned.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/integers.h"
#include "base/result.h"

namespace jangbu::client {

// The lowest of the numbers that workers report.
class FirstFound {
public:
    void add(u64 number) {
        const std::lock_guard lock(mutex_);
        if (!first_ || number < *first_) first_ = number;
    }
    std::optional<u64> get() const { return first_; }  // after the workers ended

private:
    std::mutex mutex_;
    std::optional<u64> first_;
};

// make_hands: () -> Result<std::shared_ptr<Hands>>; work: (Hands&, u64 number) -> Status.
template <class Hands, class MakeHands, class Work>
Status run_blocks(u64 count, const MakeHands& make_hands, const Work& work) {
    std::atomic<u64> next = 0;
    std::atomic<bool> stopped = false;
    std::mutex mutex;
    std::optional<Error> first_error;
    const auto set_error = [&](const Error& error) {
        const std::lock_guard lock(mutex);
        if (!first_error) first_error = error;
        stopped = true;
    };
    const auto run = [&] {
        const Result<std::shared_ptr<Hands>> hands = make_hands();
        if (!hands) return set_error(hands.error());
        while (!stopped) {
            const u64 number = next.fetch_add(1);
            if (number >= count) return;
            if (const Status status = work(**hands, number); !status)
                return set_error(status.error());
        }
    };
    {
        const u64 cores = std::max(1U, std::thread::hardware_concurrency());
        std::vector<std::jthread> workers;
        for (u64 i = 0; i < std::min(cores, count); ++i) workers.emplace_back(run);
    }
    if (first_error) return std::unexpected(*first_error);
    return {};
}

}  // namespace jangbu::client
