#include "client/profile/signal_watch.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace jangbu::client {
namespace {

constexpr u64 steps_to_learn = 64;
constexpr double spike_steps = 12;
constexpr u64 spike_rows_max = 3;
constexpr double level_share = 1.0 / 16;
constexpr u64 shift_rows_min = 8;

}  // namespace

SignalWatch::SignalWatch(Quantity quantity, std::string_view unit)
    : conversions_(conversions_of(quantity)) {
    std::erase_if(conversions_, [&](const Conversion& one) {
        const bool general = one.from == "unit";
        return !general && !unit.empty() && one.from != unit && one.to != unit;
    });
}

void SignalWatch::Places::note(const Place& place) {
    ++count;
    if (places.size() < Finding::places_max) places.push_back(place);
}

void SignalWatch::add(const Run& run) {
    ++runs_;
    rows_ += run.rows;
    ++runs_by_log2_[static_cast<std::size_t>(std::bit_width(run.rows)) - 1];
    note_longest(run);
    if (run.rows > 1) {
        steps_ += run.rows - 1;  // steps of 0
    }
    if (middle_) {
        ++steps_;
        if (run.value - middle_->value == 1) ++steps_of_one_;
        settle_spike(&run);
        watch_spike(run);
    }
    if (!conversions_.empty()) watch_unit(run);
    earlier_ = before_;
    before_ = middle_;
    middle_ = run;
}

void SignalWatch::note_longest(const Run& run) {
    if (run.rows < stuck_rows_min) return;
    const auto shorter = [](const Run& a, const Run& b) { return a.rows > b.rows; };
    if (longest_.size() >= longest_max && longest_.back().rows >= run.rows) return;
    longest_.insert(std::upper_bound(longest_.begin(), longest_.end(), run, shorter), run);
    if (longest_.size() > longest_max) longest_.pop_back();
}

void SignalWatch::settle_spike(const Run* next) {
    if (!candidate_) return;
    const bool rests = !next || middle_->rows > spike_rows_max ||
                       std::abs(next->value - middle_->value) < 0.2 * candidate_->size;
    if (rests) spikes_.note(candidate_->place);
    candidate_.reset();
}

// The run in the middle, between one before and one after it.
void SignalWatch::watch_spike(const Run& after) {
    const double change = std::abs(after.value - middle_->value);
    if (before_ && steps_seen_ >= steps_to_learn && middle_->rows <= spike_rows_max) {
        const double away = std::abs(middle_->value - before_->value);
        const double rest = std::abs(after.value - before_->value);
        const double least = std::min(away, change);
        // What was moving fast already is no spike.
        const double calm = earlier_ ? std::abs(before_->value - earlier_->value) : least;
        if (least > spike_steps * step_ && rest < 0.2 * least && calm < 0.2 * least) {
            candidate_ = {{middle_->first_line, middle_->last_line}, least};
            // The way back is no usual change; the place before goes on.
            middle_ = before_;
            before_ = earlier_;
            return;
        }
    }
    const double share = steps_seen_ < steps_to_learn ? 1.0 / static_cast<double>(steps_seen_ + 1)
                                                      : 1.0 / steps_to_learn;
    // One large step must not hide the next spike.
    const double bounded = steps_seen_ < steps_to_learn ? change : std::min(change, 8 * step_);
    step_ += (bounded - step_) * share;
    ++steps_seen_;
}

double SignalWatch::converted(const Shift& shift, double value) const {
    const Conversion& c = shift.conversion;
    return shift.back ? (value - c.offset) / c.factor : c.factor * value + c.offset;
}
double SignalWatch::original(const Shift& shift, double value) const {
    const Conversion& c = shift.conversion;
    return shift.back ? c.factor * value + c.offset : (value - c.offset) / c.factor;
}

void SignalWatch::watch_unit(const Run& run) {
    if (!level_) {
        level_ = run.value;
        return;
    }
    const double tolerance =
        std::min(std::max(8 * step_, 0.01 * std::abs(*level_)), 0.05 * std::abs(*level_));
    if (shift_) {
        const double value = original(*shift_, run.value);
        if (std::abs(value - *level_) <= tolerance) {
            *level_ += (value - *level_) * level_share;
            shift_->rows += run.rows;
            shift_->place.last_line = run.last_line;
            return;
        }
        // Only a return to where it was before makes it a stretch in another unit.
        const bool returned = std::abs(run.value - *level_) <= tolerance;
        if (returned) end_shift();
        shift_.reset();
        if (!returned) level_ = run.value;
        return;
    }
    const double away = std::abs(run.value - *level_);
    // A switch is one step, from where the signal was at rest.
    const bool from_level = middle_ && std::abs(middle_->value - *level_) <= tolerance;
    if (steps_seen_ < steps_to_learn || away <= tolerance || !from_level) {
        *level_ += (run.value - *level_) * level_share;
        return;
    }
    for (const Conversion& conversion : conversions_)
        for (const bool back : {false, true}) {
            Shift shift{conversion, back, {run.first_line, run.last_line}, run.rows};
            const double expected = converted(shift, *level_);
            const double scale = back ? 1 / conversion.factor : conversion.factor;
            // It must lie much nearer to the converted level than to the old one.
            const double miss = std::abs(run.value - expected);
            if (miss <= tolerance * scale && miss * 5 < away) {
                shift_ = shift;
                return;
            }
        }
    *level_ += (run.value - *level_) * level_share;
}

void SignalWatch::end_shift() {
    if (!shift_ || shift_->rows < shift_rows_min) return;
    shifts_.note(shift_->place);
    const Conversion& c = shift_->conversion;
    if (shift_detail_.empty())
        shift_detail_ = shift_->back ? std::string(c.to) + " → " + std::string(c.from)
                                     : std::string(c.from) + " → " + std::string(c.to);
}

void SignalWatch::finish() {
    settle_spike(nullptr);
    // Up to the end of the file is a stretch too, if it is long enough to be sure.
    if (shift_ && shift_->rows >= 4 * shift_rows_min) end_shift();
    shift_.reset();
}

std::vector<Place> SignalWatch::stuck() const {
    std::vector<Place> out;
    if (runs_ < steps_to_learn) return out;
    const double mean = static_cast<double>(rows_) / static_cast<double>(runs_);
    const double least = std::max(static_cast<double>(stuck_rows_min), 20 * mean);
    // A signal that stands still most of the time is a state, not a sensor.
    if (mean > 4) return out;
    // Several long runs are how this signal is; a stuck sensor is rare.
    u64 long_runs = 0;
    for (std::size_t i = 0; i < runs_by_log2_.size(); ++i)
        if (static_cast<double>(u64{1} << i) >= least) long_runs += runs_by_log2_[i];
    if (static_cast<double>(long_runs) > 0.002 * static_cast<double>(runs_)) return out;
    for (const Run& run : longest_)
        if (static_cast<double>(run.rows) >= least) out.push_back({run.first_line, run.last_line});
    std::sort(out.begin(), out.end(),
              [](const Place& a, const Place& b) { return a.first_line < b.first_line; });
    return out;
}

}  // namespace jangbu::client
