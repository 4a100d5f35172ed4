// TimeOrder: the steps of a column of times from row to row: interval, gaps, disorder.
//
// Steps forward are counted in bins of 3 % of their length; the most frequent step exactly by
// Misra-Gries. Threads: one. Times in ns.
#pragma once

#include <array>
#include <vector>

#include "client/profile/profile.h"
#include "client/profile/signal_watch.h"

namespace jangbu::client {

class TimeOrder {
public:
    // A run of `rows` equal times.
    void add(i64 ns, u64 rows, u64 first_line, u64 last_line);

    TimeFacts facts() const;
    const SignalWatch::Places& backwards() const { return backwards_; }
    const SignalWatch::Places& equal() const { return equal_; }
    // The longest steps of more than 3 medians.
    SignalWatch::Places gaps() const;
    bool is_regular() const;

private:
    static constexpr unsigned bins_per_octave = 32;
    static constexpr std::size_t bins_max = 59 * bins_per_octave;  // every positive i64
    static constexpr std::size_t frequent_max = 16;
    static constexpr std::size_t longest_max = 32;

    struct Step {
        i64 ns = 0;
        u64 count = 0;
        Place place;
    };
    static std::size_t bin_of(i64 step);
    static i64 start_of(std::size_t bin);
    void count_step(i64 step, const Place& place);
    i64 median() const;

    bool any_ = false;
    i64 last_ = 0;
    i64 least_ = 0;
    i64 greatest_ = 0;
    u64 last_line_ = 0;
    u64 steps_ = 0;
    u64 forward_ = 0;
    SignalWatch::Places backwards_;
    SignalWatch::Places equal_;
    std::vector<u64> bins_;
    std::vector<Step> frequent_;
    u64 lost_ = 0;
    std::vector<Step> longest_;
};

}  // namespace jangbu::client
