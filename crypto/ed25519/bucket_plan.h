// How a sum of scalars times points is cut into buckets (Pippenger's method): signed digits of the
// scalars, window by window, and for each digit the terms that have it.
//
// Plain counting; the points themselves are added by Kernels::sum_runs, which wants the longest
// runs first so that lanes side by side end together. Source: Pippenger 1976; Bernstein, Doumen,
// Lange, Oosterwijk 2012 ("Faster batch forgery identification", section 4) for the form used here.
// Memory is kept from one plan to the next. Threads: one at a time.
#pragma once

#include <span>
#include <vector>

#include "crypto/ed25519/kernels.h"

namespace jangbu::crypto::ed25519 {

// Scalars of 127 bits: two words each, so that the windows end with the scalar and the last has no
// carry. A longer scalar is two terms.
using HalfScalar = std::array<u64, 2>;
inline constexpr unsigned half_scalar_bits = 127;

class BucketPlan {
public:
    // REQUIRES: scalars below 2^127, fewer than 2^31.
    void make(std::span<const HalfScalar> scalars, std::size_t lanes);

    unsigned window_bits() const { return window_bits_; }
    std::size_t windows() const { return windows_; }
    std::size_t per_window() const { return std::size_t{1} << (window_bits_ - 1); }
    std::span<const BucketRun> runs() const { return runs_; }
    const u32* entries() const { return entries_.data(); }

private:
    void choose_window(std::size_t terms, std::size_t lanes);
    void write_digits(std::span<const HalfScalar> scalars);
    void sort_entries(std::size_t terms);
    void sort_runs(std::size_t terms);

    unsigned window_bits_ = 0;
    std::size_t windows_ = 0;
    std::vector<std::int16_t> digits_;  // windows x terms
    std::vector<u32> ends_;             // of each bucket's entries
    std::vector<u32> entries_;
    std::vector<BucketRun> runs_;
    std::vector<u32> places_;  // how many runs are longer
};

}  // namespace jangbu::crypto::ed25519
