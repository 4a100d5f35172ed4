#include "client/progress.h"

namespace jangbu::client {
namespace {

constexpr auto interval = std::chrono::milliseconds(100);

}  // namespace

void Progress::begin(std::string stage, u64 total) {
    const std::lock_guard lock(mutex_);
    stage_ = std::move(stage);
    total_ = total;
    done_ = 0;
    shown_ = {};
}

void Progress::add(u64 bytes) {
    const u64 done = done_.fetch_add(bytes) + bytes;
    if (!sink_) return;
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (now - shown_ < interval) return;
    shown_ = now;
    sink_(stage_, done, total_);
}

void Progress::end() {
    const std::lock_guard lock(mutex_);
    if (sink_) sink_(stage_, total_, total_);
}

}  // namespace jangbu::client
