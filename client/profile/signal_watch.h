// SignalWatch: what only the order of a column's numbers shows: values that stand still, single
// spikes, stretches in another unit, a count of rows.
//
// Told once for each run of equal values. Bounded: a few places of each. Threads: one.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "client/profile/findings.h"
#include "client/profile/quantity.h"

namespace jangbu::client {

struct Run {
    double value = 0;
    u64 rows = 0;
    u64 first_line = 0;
    u64 last_line = 0;
};

class SignalWatch {
public:
    SignalWatch() = default;
    // Looks for the conversions of the quantity; of those, with a known unit, for what involves it.
    SignalWatch(Quantity quantity, std::string_view unit);

    void add(const Run& run);
    // A cell that is no number came between.
    void interrupt() {
        settle_spike(nullptr);
        earlier_ = before_ = middle_ = std::nullopt;
    }
    void finish();

    struct Places {
        u64 count = 0;
        std::vector<Place> places;
        void note(const Place& place);
    };
    const Places& spikes() const { return spikes_; }
    const Places& unit_shifts() const { return shifts_; }
    const std::string& unit_shift_detail() const { return shift_detail_; }
    // Runs of at least `stuck_rows_min` and 20 times the mean, of a signal that usually moves: the
    // longest_max longest.
    std::vector<Place> stuck() const;
    bool counts_rows() const { return steps_ > 0 && steps_of_one_ == steps_; }
    u64 runs() const { return runs_; }

private:
    static constexpr u64 stuck_rows_min = 20;
    static constexpr std::size_t longest_max = 32;

    void watch_spike(const Run& after);
    void settle_spike(const Run* next);
    void watch_unit(const Run& run);
    void note_longest(const Run& run);

    u64 runs_ = 0;
    u64 rows_ = 0;
    u64 steps_ = 0;
    u64 steps_of_one_ = 0;
    std::optional<Run> earlier_;
    std::optional<Run> before_;
    std::optional<Run> middle_;
    double step_ = 0;  // typical size of a change
    u64 steps_seen_ = 0;
    // A spike is sure when the signal rests after it, too.
    struct Candidate {
        Place place;
        double size = 0;
    };
    std::optional<Candidate> candidate_;
    Places spikes_;
    std::vector<Run> longest_;
    std::array<u64, 64> runs_by_log2_{};

    struct Shift {
        Conversion conversion;
        bool back = false;  // from `to` to `from`
        Place place;
        u64 rows = 0;
    };
    std::vector<Conversion> conversions_;
    std::optional<double> level_;
    std::optional<Shift> shift_;
    Places shifts_;
    std::string shift_detail_;

    double converted(const Shift& shift, double value) const;
    double original(const Shift& shift, double value) const;
    void end_shift();
};

}  // namespace jangbu::client
