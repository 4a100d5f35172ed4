#include "node/admission_batches.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"

namespace jangbu::node {

struct AdmissionBatches::Caller {
    std::span<const crypto::Claim> claims;
    std::span<bool> verdicts;
    Caller* next = nullptr;
    bool leads = false;  // the last leader handed over
    bool done = false;
    std::condition_variable woken{};
};

void BatchSizes::add(std::size_t size) {
    ++batches;
    signatures += size;
    const auto bound = static_cast<std::size_t>(std::bit_width(size - 1));
    ++by_size[std::min(bound, bounds)];
}

Status AdmissionBatches::check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) {
    JANGBU_ASSERT(claims.size() == verdicts.size());
    if (claims.empty()) return {};
    Caller self{claims, verdicts};
    std::unique_lock lock(mutex_);
    const std::thread::id me = std::this_thread::get_id();
    has_company_ = last_came_ != me && last_came_ != std::thread::id();
    last_came_ = me;
    if (led_ && waiting_ + claims.size() > limits_.queue_max)
        return fail(ErrorCode::limit_exceeded, "as many signatures wait to be verified as may");
    (first_ ? last_->next : first_) = &self;
    last_ = &self;
    waiting_ += claims.size();
    if (led_) self.woken.wait(lock, [&] { return self.leads || self.done; });
    if (!self.done) lead(lock);
    JANGBU_ASSERT(self.done);
    return {};
}

// The leader is the first of the queue, so its own claims are in the batch.
void AdmissionBatches::lead(std::unique_lock<std::mutex>& lock) {
    led_ = true;
    if (has_company_) let_others_come(lock);
    const std::size_t count = take_batch();
    sizes_.add(count);
    lock.unlock();
    verify(count);
    lock.lock();
    // Under the lock, since a caller that is done takes its frame with it.
    for (Caller* caller : batch_) {
        caller->done = true;
        caller->woken.notify_one();
    }
    led_ = first_ != nullptr;
    if (!led_) return;
    first_->leads = true;
    first_->woken.notify_one();
}

// Callers that could run but have no core. No timer: a core that nobody wants comes back at once.
void AdmissionBatches::let_others_come(std::unique_lock<std::mutex>& lock) const {
    for (std::size_t before = 0; before < waiting_ && waiting_ < limits_.batch_max;) {
        before = waiting_;
        lock.unlock();
        std::this_thread::yield();
        lock.lock();
    }
}

std::size_t AdmissionBatches::take_batch() {
    std::size_t count = 0;
    batch_.clear();
    while (first_ && (batch_.empty() || count + first_->claims.size() <= limits_.batch_max)) {
        count += first_->claims.size();
        batch_.push_back(first_);
        first_ = first_->next;
    }
    waiting_ -= count;
    return count;
}

void AdmissionBatches::verify(std::size_t count) {
    if (batch_.size() == 1) return checker_.check(batch_[0]->claims, batch_[0]->verdicts);
    if (verdicts_max_ < count) {
        verdicts_ = std::make_unique<bool[]>(count);
        verdicts_max_ = count;
    }
    claims_.clear();
    for (const Caller* caller : batch_)
        claims_.insert(claims_.end(), caller->claims.begin(), caller->claims.end());
    checker_.check(claims_, {verdicts_.get(), count});
    const bool* next = verdicts_.get();
    for (const Caller* caller : batch_) {
        std::copy_n(next, caller->verdicts.size(), caller->verdicts.begin());
        next += caller->verdicts.size();
    }
}

BatchSizes AdmissionBatches::sizes() const {
    const std::scoped_lock lock(mutex_);
    return sizes_;
}

std::size_t AdmissionBatches::waiting() const {
    const std::scoped_lock lock(mutex_);
    return waiting_;
}

}  // namespace jangbu::node
