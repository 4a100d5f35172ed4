#include "node/memory_watch.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "base/log.h"

namespace jangbu::node {
namespace {

constexpr std::chrono::milliseconds usual_pause{200};

std::string in_mib(u64 bytes) {
    return std::to_string(bytes >> 20);
}

// The first line; empty if there is no such file.
std::string first_line(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

std::optional<u64> leading_number(const std::string& text) {
    u64 value = 0;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || at == text.data()) return std::nullopt;
    return value;
}

// "0::/path" of cgroup v2.
std::string own_group() {
    std::ifstream in("/proc/self/cgroup");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("0::/")) return line.substr(4);
    return "";
}

u64 limit_or_default(u64 limit_bytes) {
    return limit_bytes > 0 ? limit_bytes : machine_bytes() / 4 * 3;
}

}  // namespace

u64 resident_bytes() {
    std::ifstream in("/proc/self/statm");
    u64 size = 0;
    u64 resident = 0;
    u64 of_files = 0;
    if (!(in >> size >> resident >> of_files) || resident < of_files) return 0;
    return (resident - of_files) * static_cast<u64>(::sysconf(_SC_PAGESIZE));
}

std::optional<u64> cgroup_limit(const std::filesystem::path& root, const std::string& group) {
    std::optional<u64> least;
    for (std::filesystem::path at = root / group;; at = at.parent_path()) {
        const std::optional<u64> limit = leading_number(first_line(at / "memory.max"));
        if (limit) least = std::min(least.value_or(*limit), *limit);
        if (at == root || at == at.parent_path()) return least;
    }
}

u64 machine_bytes() {
    const u64 machine =
        static_cast<u64>(::sysconf(_SC_PHYS_PAGES)) * static_cast<u64>(::sysconf(_SC_PAGESIZE));
    const std::optional<u64> group = cgroup_limit("/sys/fs/cgroup", own_group());
    // Version 1 has no limit as a number near 2^63.
    const std::optional<u64> old_group =
        leading_number(first_line("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
    return std::min({machine, group.value_or(machine), old_group.value_or(machine)});
}

u64 state_bytes_usual(u64 limit_bytes) {
    return limit_or_default(limit_bytes) / 2;
}

const char* name(MemoryWatch::Level level) {
    switch (level) {
        case MemoryWatch::Level::fine:
            return "fine";
        case MemoryWatch::Level::near:
            return "near";
        case MemoryWatch::Level::full:
            return "full";
    }
    return "?";
}

MemoryWatch::MemoryWatch(u64 limit_bytes) : MemoryWatch(limit_bytes, resident_bytes, usual_pause) {}

MemoryWatch::MemoryWatch(u64 limit_bytes, Measure measure, std::chrono::milliseconds pause)
    : limit_bytes_(limit_or_default(limit_bytes)), measure_(std::move(measure)) {
    sample();
    thread_ = std::jthread([this, pause](const std::stop_token& stopping) {
        while (!stopping.stop_requested()) {
            std::unique_lock lock(mutex_);
            condition_.wait_for(lock, stopping, pause, [] { return false; });
            lock.unlock();
            sample();
        }
    });
}

void MemoryWatch::sample() {
    const u64 used = measure_();
    used_bytes_ = used;
    const Level before = level_;
    const bool stays_full = before == Level::full && used >= limit_bytes_ / 100 * 95;
    Level now = used >= limit_bytes_ / 4 * 3 ? Level::near : Level::fine;
    if (used >= limit_bytes_ || stays_full) now = Level::full;
    level_ = now;
    if (now == before) return;
    const char* event = now == Level::full ? "memory is at its limit: nothing new is taken"
                        : now > before     ? "memory comes near its limit"
                                           : "memory is below its limit again";
    log::write(now > before ? log::Level::warn : log::Level::info, "node", event,
               {{"used_mib", used >> 20}, {"limit_mib", limit_bytes_ >> 20}});
}

std::optional<std::string> MemoryWatch::refusal() const {
    if (level_ != Level::full) return std::nullopt;
    return "the node is at its memory limit (" + in_mib(used_bytes_) + " of " +
           in_mib(limit_bytes_) + " MiB): nothing new is taken until there is room";
}

std::optional<std::string> MemoryWatch::warning() const {
    if (level_ == Level::full) return refusal();
    if (level_ == Level::fine) return std::nullopt;
    return "memory is near its limit: " + in_mib(used_bytes_) + " of " + in_mib(limit_bytes_) +
           " MiB";
}

}  // namespace jangbu::node
