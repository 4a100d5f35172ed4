#include "crypto/ed25519/bucket_plan.h"

#include <algorithm>
#include <cstdlib>

namespace jangbu::crypto::ed25519 {

// An addition for each term and window; two for each bucket when windows are summed, of points with
// a Z of their own, which cost a third more.
void BucketPlan::choose_window(std::size_t terms, std::size_t lanes) {
    double best = 0;
    for (unsigned bits = 4; bits <= 12; ++bits) {
        const std::size_t windows = (half_scalar_bits + bits) / bits;
        const std::size_t groups = (windows + lanes - 1) / lanes;
        const double additions = static_cast<double>(windows * terms) / static_cast<double>(lanes);
        const double cost = additions + 2.6 * static_cast<double>(groups << (bits - 1));
        if (window_bits_ != 0 && bits > 4 && cost >= best) continue;
        best = cost;
        window_bits_ = bits;
        windows_ = windows;
    }
}

void BucketPlan::make(std::span<const HalfScalar> scalars, std::size_t lanes) {
    choose_window(scalars.size(), lanes);
    write_digits(scalars);
    sort_entries(scalars.size());
    sort_runs(scalars.size());
}

// Digits from -2^(bits-1) + 1 to 2^(bits-1): a larger one borrows from the next window.
void BucketPlan::write_digits(std::span<const HalfScalar> scalars) {
    const std::size_t terms = scalars.size();
    const u64 mask = (u64{1} << window_bits_) - 1;
    const u64 half = u64{1} << (window_bits_ - 1);
    digits_.resize(windows_ * terms);
    ends_.assign(windows_ * per_window(), 0);
    for (std::size_t i = 0; i < terms; ++i) {
        auto [low, high] = scalars[i];
        u64 carry = 0;
        for (std::size_t w = 0; w < windows_; ++w) {
            const u64 window = (low & mask) + carry;
            carry = window > half ? 1 : 0;
            const int digit = static_cast<int>(window) - static_cast<int>(carry << window_bits_);
            digits_[w * terms + i] = static_cast<std::int16_t>(digit);
            if (digit != 0)
                ++ends_[w * per_window() + static_cast<std::size_t>(std::abs(digit)) - 1];
            low = low >> window_bits_ | high << (64 - window_bits_);
            high >>= window_bits_;
        }
    }
}

void BucketPlan::sort_entries(std::size_t terms) {
    u32 total = 0;
    for (u32& end : ends_) {  // counts become beginnings, and then, one by one, ends
        const u32 count = end;
        end = total;
        total += count;
    }
    entries_.reserve(windows_ * terms);  // by chance fewer: a digit may be 0
    entries_.resize(total);
    for (std::size_t w = 0; w < windows_; ++w) {
        u32* const ends = &ends_[w * per_window()];
        const std::int16_t* const digits = &digits_[w * terms];
        for (std::size_t i = 0; i < terms; ++i) {
            const int digit = digits[i];
            if (digit == 0) continue;
            const u32 sign = digit < 0 ? 1 : 0;
            entries_[ends[std::abs(digit) - 1]++] = static_cast<u32>(i) << 1 | sign;
        }
    }
}

void BucketPlan::sort_runs(std::size_t terms) {
    u32 longest = 0;
    for (std::size_t b = 0; b < ends_.size(); ++b)
        longest = std::max(longest, ends_[b] - (b == 0 ? 0 : ends_[b - 1]));
    places_.reserve(terms + 2);  // the longest run is chance
    places_.assign(longest + 2, 0);
    const auto length = [this](std::size_t b) { return ends_[b] - (b == 0 ? 0 : ends_[b - 1]); };
    for (std::size_t b = 0; b < ends_.size(); ++b) ++places_[longest - length(b) + 1];
    for (std::size_t i = 1; i < places_.size(); ++i) places_[i] += places_[i - 1];
    runs_.resize(ends_.size());
    for (std::size_t b = 0; b < ends_.size(); ++b) {
        const u32 count = length(b);
        runs_[places_[longest - count]++] = {ends_[b] - count, count, static_cast<u32>(b)};
    }
}

}  // namespace jangbu::crypto::ed25519
