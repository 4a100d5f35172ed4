// MemoryWatch: how much memory this process holds, against the limit that it was given.
//
// What the kernel must find room for counts: resident pages, without those of files, which it can
// drop by itself. From 3/4 of the limit on it warns, once, in the log and to who asks; at the limit
// nothing new is taken until less than 95 % of it is held. Units: bytes. Owns a thread that
// samples. Threads: any. Sources: proc(5), cgroups(7).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/integers.h"

namespace jangbu::node {

using base::u64;

class MemoryWatch {
public:
    enum class Level { fine, near, full };
    using Measure = std::function<u64()>;

    // A limit of 0 is 3/4 of what this machine, or the cgroup of this process, has.
    explicit MemoryWatch(u64 limit_bytes);
    MemoryWatch(u64 limit_bytes, Measure measure, std::chrono::milliseconds pause);
    MemoryWatch(const MemoryWatch&) = delete;
    MemoryWatch& operator=(const MemoryWatch&) = delete;

    u64 limit_bytes() const { return limit_bytes_; }
    u64 used_bytes() const { return used_bytes_; }  // at the last sample
    Level level() const { return level_; }
    // Why nothing new is taken, while the level is full.
    std::optional<std::string> refusal() const;
    // The same from 3/4 of the limit on.
    std::optional<std::string> warning() const;

private:
    void sample();

    const u64 limit_bytes_;
    const Measure measure_;
    std::atomic<u64> used_bytes_ = 0;
    std::atomic<Level> level_ = Level::fine;
    std::mutex mutex_;
    std::condition_variable_any condition_;
    std::jthread thread_;  // last: it uses the rest; destroyed first, which ends it
};

const char* name(MemoryWatch::Level level);  // "fine", "near", "full"

u64 resident_bytes();  // of this process, without pages of files; 0 if it cannot be told
u64 state_bytes_usual(u64 limit_bytes);  // for values of the state: half of the limit; 0 as above
u64 machine_bytes();  // of the machine, or what its cgroup may use if that is less
// The least memory.max on the way from this group up to `root`; nothing if none is set.
std::optional<u64> cgroup_limit(const std::filesystem::path& root, const std::string& group);

}  // namespace jangbu::node
