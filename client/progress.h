// Progress: how far long work is, for whoever shows it. Threads: add() from any; the rest from the
// one that began.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "base/integers.h"

namespace jangbu::client {

class Progress {
public:
    // Called under a lock, about ten times a second, and once at the end (done = total). Bytes.
    using Sink = std::function<void(const std::string& stage, u64 done, u64 total)>;

    Progress() = default;
    explicit Progress(Sink sink) : sink_(std::move(sink)) {}

    void begin(std::string stage, u64 total);
    void add(u64 bytes);
    void end();

private:
    using Clock = std::chrono::steady_clock;

    Sink sink_;
    std::string stage_;
    u64 total_ = 0;
    std::atomic<u64> done_ = 0;
    std::mutex mutex_;
    Clock::time_point shown_;
};

}  // namespace jangbu::client
