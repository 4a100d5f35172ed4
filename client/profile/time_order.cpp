#include "client/profile/time_order.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace jangbu::client {
namespace {

constexpr i64 gap_medians = 3;
constexpr i64 step_max = std::numeric_limits<i64>::max();

}  // namespace

// Five bits after the leading one.
std::size_t TimeOrder::bin_of(i64 step) {
    const u64 value = static_cast<u64>(step);
    const auto octave = static_cast<std::size_t>(std::bit_width(value)) - 1;
    if (octave < 5) return value;
    return (octave - 4) * bins_per_octave + (value >> (octave - 5)) - bins_per_octave;
}

i64 TimeOrder::start_of(std::size_t bin) {
    if (bin < bins_per_octave) return static_cast<i64>(bin);
    const std::size_t octave = bin / bins_per_octave + 4;
    const u64 mantissa = bin % bins_per_octave + bins_per_octave;
    return static_cast<i64>(mantissa << (octave - 5));
}

void TimeOrder::add(i64 ns, u64 rows, u64 first_line, u64 last_line) {
    if (!any_) {
        any_ = true;
        least_ = greatest_ = ns;
    } else {
        ++steps_;
        const i64 step = ns - last_;
        if (step < 0)
            backwards_.note({first_line, first_line});
        else if (step == 0)
            equal_.note({first_line, first_line});
        else
            count_step(step, {last_line_, first_line});
        least_ = std::min(least_, ns);
        greatest_ = std::max(greatest_, ns);
    }
    if (rows > 1) {
        steps_ += rows - 1;
        equal_.note({first_line + 1, last_line});
        equal_.count += rows - 2;
    }
    last_ = ns;
    last_line_ = last_line;
}

void TimeOrder::count_step(i64 step, const Place& place) {
    ++forward_;
    if (bins_.empty()) bins_.resize(bins_max);
    ++bins_[bin_of(step)];
    const auto known = std::find_if(frequent_.begin(), frequent_.end(),
                                    [&](const Step& one) { return one.ns == step; });
    if (known != frequent_.end()) {
        ++known->count;
    } else if (frequent_.size() < frequent_max) {
        frequent_.push_back({step, 1, place});
    } else {
        ++lost_;
        for (Step& one : frequent_) --one.count;
        std::erase_if(frequent_, [](const Step& one) { return one.count == 0; });
    }
    if (longest_.size() >= longest_max && longest_.back().ns >= step) return;
    const auto longer = [](const Step& a, const Step& b) { return a.ns > b.ns; };
    const Step entry{step, 1, place};
    longest_.insert(std::upper_bound(longest_.begin(), longest_.end(), entry, longer), entry);
    if (longest_.size() > longest_max) longest_.pop_back();
}

i64 TimeOrder::median() const {
    u64 seen = 0;
    for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
        seen += bins_[bin];
        if (seen * 2 >= forward_ && seen > 0) {
            const i64 start = start_of(bin);
            return start + (start_of(bin + 1) - start) / 2;
        }
    }
    return 0;
}

TimeFacts TimeOrder::facts() const {
    TimeFacts out;
    out.first_ns = least_;
    out.last_ns = greatest_;
    out.steps = steps_;
    out.backwards = backwards_.count;
    out.equal = equal_.count;
    if (forward_ == 0) return out;
    const auto most =
        std::max_element(frequent_.begin(), frequent_.end(), [](const Step& a, const Step& b) {
            return a.count < b.count || (a.count == b.count && a.ns > b.ns);
        });
    if (most != frequent_.end()) {
        out.interval_ns = most->ns;
        out.interval_share = static_cast<double>(most->count) / static_cast<double>(forward_);
    }
    out.median_ns = median();
    out.longest_ns = longest_.front().ns;
    out.gaps = gaps().count;
    return out;
}

SignalWatch::Places TimeOrder::gaps() const {
    SignalWatch::Places out;
    // Steps of centuries have no multiple in 64 bits, and no gaps.
    const i64 middle = median();
    if (forward_ < 8 || middle == 0 || middle > step_max / gap_medians) return out;
    const i64 least = gap_medians * middle;
    for (const Step& step : longest_)
        if (step.ns > least && out.places.size() < Finding::places_max)
            out.places.push_back(step.place);
    std::sort(out.places.begin(), out.places.end(),
              [](const Place& a, const Place& b) { return a.first_line < b.first_line; });
    for (std::size_t bin = 0; bin < bins_.size(); ++bin)
        if (start_of(bin) > least) out.count += bins_[bin];
    out.count = std::max<u64>(out.count, out.places.size());
    return out;
}

bool TimeOrder::is_regular() const {
    if (forward_ < 8) return true;
    // Nine of ten steps within 10 % of the median.
    const i64 middle = median();
    u64 near = 0;
    for (std::size_t bin = 0; bin < bins_.size(); ++bin)
        if (start_of(bin) >= middle - middle / 10 && start_of(bin) <= middle + middle / 10)
            near += bins_[bin];
    return near * 10 >= forward_ * 9;
}

}  // namespace jangbu::client
