// A deep groove ball bearing 6205 on a shaft at 1,800 rpm, watched until it fails and is replaced:
// half a second of acceleration at 10 kHz, every ten minutes.
//
// Defect          each ball that rolls over a spall strikes it; the strikes come at BPFO (outer
//                 race), BPFI (inner race) or twice BSF (a ball), follow from the geometry, and
//                 slip a little (McFadden and Smith 1984; Antoni and Randall 2003).
// Response        each strike rings a resonance of the housing at 3 kHz, damped within 1.4 ms.
// Load zone       Stribeck's distribution: an inner race defect is strong once a turn of the shaft,
//                 a ball defect once a turn of the cage; an outer race defect stands in the zone.
// Shaft           unbalance at the speed, misalignment at twice the speed.
// Growth          a fifth more from one half second to the next; faster than in life.
// Faults          the three defects, lost lubrication; of the logger: acceleration in g and the
// rest
//                 of machine_log.h.
#include <algorithm>
#include <array>

#include "client/simulate/machine_log.h"
#include "client/simulate/machines.h"

namespace jangbu::client {
namespace {

constexpr i64 balls = 9;
constexpr i64 ball_um = 7'940;
constexpr i64 pitch_um = 39'040;
constexpr i64 interval_us = 100;
constexpr i64 rows_per_snapshot = 5'000;
constexpr u64 snapshot_us = 600'000'000;

// Strikes for each turn of the shaft, in millionths. Contact angle 0.
constexpr i64 outer_micro = balls * (pitch_um - ball_um) * 1'000'000 / (2 * pitch_um);
constexpr i64 inner_micro = balls * (pitch_um + ball_um) * 1'000'000 / (2 * pitch_um);
constexpr i64 ball_micro =
    (pitch_um * pitch_um - ball_um * ball_um) * 1'000 / (pitch_um * ball_um / 1'000);
constexpr i64 cage_micro = (pitch_um - ball_um) * 1'000'000 / (2 * pitch_um);

// y = a y1 - b y2 + x rings at 3 kHz: a = 2 r cos(2 pi 3/10), b = r^2, r = 0.93, times 2^16.
constexpr i64 ring_a = -37'668;
constexpr i64 ring_b = 56'682;

constexpr i64 defect_first = 2'500;   // mm/s2 of a strike
constexpr i64 defect_limit = 60'000;  // at which the bearing is replaced

enum Column : std::size_t { snapshot, rpm, load_n, radial, axial, temperature };

const LogForm& form() {
    static const LogForm form{{{"snapshot"},
                               {"shaft_rpm", 1, 1},
                               {"load_kn", 3, 2},
                               {"accel_radial(m/s2)", 3, 3},
                               {"accel_axial(m/s2)", 3, 3},
                               {"bearing_temp_c", 3, 2}},
                              6,
                              {{temperature},
                               axial,
                               radial,
                               [](i64 value) { return value * 100'000 / 980'665; },  // g
                               radial,
                               {30'000, 20, 400},
                               {45'000, 100, 900},
                               {200'000, 5'000, 10'000}}};
    return form;
}

enum class Defect { none, outer, inner, ball };

// Stribeck's load at an angle from the middle of the zone, with half the balls loaded: the cosine
// to the power 3/2, per mille.
i64 load_zone(u32 angle) {
    const i64 cosine = std::max<i64>(0, cosine_micro(angle));
    return cosine * square_root(cosine) / 1'000'000;
}

class Machine {
public:
    explicit Machine(const SimulationOptions& options)
        : generator_(options.seed), time_us_(options.start_ms * 1'000) {
        fit_new_bearing();
        plan_snapshot();
    }

    void advance(LogRow& row, FaultBook& book, u64 file_row) {
        row.time_us = time_us_ + static_cast<u64>(row_ * interval_us);
        turn();
        vibrate(row);
        row.cells[snapshot].number = snapshot_;
        row.cells[rpm].number = rpm_deci_;
        row.cells[load_n].number = 1'500 + generator_.noise(6);
        row.cells[temperature].number = temperature_ + generator_.noise(15);
        mark(book, file_row);
        if (++row_ == rows_per_snapshot) {
            row_ = 0;
            ++snapshot_;
            time_us_ += snapshot_us;
            plan_snapshot();
        }
    }

private:
    void turn() {
        const u32 step = static_cast<u32>((rpm_deci_ << 32) / (600 * 1'000'000 / interval_us));
        shaft_ += step;
        cage_ += static_cast<u32>(i64{step} * cage_micro / 1'000'000);
        pass_ += i64{step} * strikes_micro_ / 1'000'000;
    }

    // The force of a strike in this row, in mm/s2; mostly none.
    i64 strike() {
        if (defect_ == Defect::none || pass_ < next_pass_) return 0;
        pass_ -= next_pass_;
        next_pass_ = (i64{1} << 32) / 1'000 * (1'000 + generator_.noise(5));  // slip
        i64 share = 1'000;
        if (defect_ == Defect::inner) share = load_zone(shaft_);
        if (defect_ == Defect::ball) share = 150 + load_zone(cage_) * 850 / 1'000;
        return size_ * share / 1'000;
    }

    void vibrate(LogRow& row) {
        const i64 ring = (ring_a * ring_1_ - ring_b * ring_2_) / 65'536 + strike() * 1'000;
        ring_2_ = ring_1_;
        ring_1_ = ring;  // um/s2
        const i64 turning = sine_micro(shaft_) * 800 / 1'000'000;
        const i64 twice = sine_micro(2 * shaft_) * 300 / 1'000'000;
        const i64 rough = dry_snapshots_ > 0 ? 900 : 250;
        row.cells[radial].number = turning + twice + ring / 1'000 + generator_.noise(rough);
        row.cells[axial].number =
            turning / 4 + twice * 2 + ring * 4 / 10'000 + generator_.noise(rough / 2);
    }

    void mark(FaultBook& book, u64 file_row) const {
        constexpr std::string_view both = "accel_radial(m/s2),accel_axial(m/s2)";
        book.mark("outer_race_defect", both, defect_ == Defect::outer, file_row);
        book.mark("inner_race_defect", both, defect_ == Defect::inner, file_row);
        book.mark("ball_defect", both, defect_ == Defect::ball, file_row);
        book.mark("lost_lubrication", both, dry_snapshots_ > 0, file_row);
    }

    void plan_snapshot() {
        rpm_deci_ = 18'000 + generator_.noise(25);
        if (dry_snapshots_ > 0)
            --dry_snapshots_;
        else if (generator_.one_in(35))
            dry_snapshots_ = 2 + generator_.below(4);
        if (healthy_snapshots_ > 0) {
            if (--healthy_snapshots_ == 0) spall();
        } else {
            size_ += size_ / 5;
            if (size_ > defect_limit) fit_new_bearing();
        }
        const i64 warm = 45'000 + size_ / 4 + (dry_snapshots_ > 0 ? 12'000 : 0);
        temperature_ += (warm - temperature_) / 2;
    }

    void spall() {
        constexpr std::array<Defect, 3> kinds{Defect::outer, Defect::inner, Defect::ball};
        constexpr std::array<i64, 3> strikes{outer_micro, inner_micro, ball_micro};
        const auto kind = static_cast<std::size_t>(generator_.below(3));
        defect_ = kinds[kind];
        strikes_micro_ = strikes[kind];
        size_ = defect_first;
        pass_ = 0;
    }

    void fit_new_bearing() {
        defect_ = Defect::none;
        strikes_micro_ = 0;
        size_ = 0;
        healthy_snapshots_ = 3 + generator_.below(6);
    }

    Generator generator_;
    u64 time_us_;
    i64 row_ = 0;
    i64 snapshot_ = 1;
    i64 rpm_deci_ = 18'000;
    i64 temperature_ = 45'000;
    u32 shaft_ = 0;
    u32 cage_ = 0;
    i64 pass_ = 0;  // the way to the next strike, which is 2^32 long but for slip
    i64 next_pass_ = i64{1} << 32;
    Defect defect_ = Defect::none;
    i64 strikes_micro_ = 0;
    i64 size_ = 0;  // mm/s2 of a strike
    i64 healthy_snapshots_ = 0;
    i64 dry_snapshots_ = 0;
    i64 ring_1_ = 0;
    i64 ring_2_ = 0;
};

}  // namespace

std::string bearing_header() {
    return form().header();
}

std::vector<PlantedFault> simulate_bearing(const SimulationOptions& options,
                                           const SimulationSink& sink) {
    return write_log<Machine>(form(), options, sink);
}

}  // namespace jangbu::client
