// An injection moulding machine: shot after shot of one part in polypropylene.
//
// Fill            screw forward at constant speed; the pressure before the screw grows with the
//                 filled length and the melt's viscosity, which falls with temperature.
// Cavity pressure zero until the melt front reaches the sensor, rising while filling, steep in the
//                 compression after the switch-over at 98 % of the volume, level while packing,
//                 falling by cooling once the gate is frozen (pvT behaviour), zero when opened.
// Gate freeze     cooling time of a slab (Ballman and Shusman): longer in a warmer mould.
// Part weight     from the pressure at gate freeze and the compressibility of the melt.
// Barrel          four heated zones, first-order lags about their set points.
// Faults          check valve leak (short shots, no cushion), late switch-over (flash), a heater
//                 band that fails; of the logger: pressure in MPa and the rest of machine_log.h.
#include <algorithm>
#include <array>

#include "client/simulate/machine_log.h"
#include "client/simulate/machines.h"

namespace jangbu::client {
namespace {

constexpr i64 interval_us = 20'000;
constexpr i64 shot_um = 66'000;    // screw position when dosed
constexpr i64 switch_um = 12'000;  // V/P switch-over
constexpr i64 cushion_um = 6'000;
constexpr i64 fill_speed_mm_s = 45;
constexpr i64 step_um = fill_speed_mm_s * interval_us / 1'000;
constexpr i64 hold_deci_bar = 4'500;
constexpr i64 back_pressure_deci_bar = 800;
constexpr i64 melt_milli_c = 230'000;  // of the last zone; each before it is 10 degrees cooler
constexpr i64 melt_mean_milli_c = 218'333;
constexpr i64 mould_milli_c = 40'000;
constexpr i64 weight_mg = 32'000;

struct Phase {
    const char* name;
    i64 rows;
};
enum PhaseIndex : std::size_t { closing, filling, packing, cooling, opening };
// Filling ends at the switch-over position, not after a time.
constexpr std::array<Phase, 5> phases{
    {{"close", 40}, {"fill", 0}, {"pack", 250}, {"cool", 500}, {"open", 60}}};

enum Column : std::size_t {
    shot,
    phase,
    screw_um,
    speed_um_s,
    screw_rpm,
    nozzle_deci_bar,
    cavity_deci_bar,
    clamp_kn,
    barrel_1,
    barrel_2,
    barrel_3,
    barrel_4,
    mould,
    cushion,
    part_weight,
};

const LogForm& form() {
    static const LogForm form{{{"shot"},
                               {"phase", word},
                               {"screw_position_mm", 3, 3},
                               {"injection_speed_mm_s", 3, 2},
                               {"screw_rpm"},
                               {"nozzle_pressure_bar", 1, 1},
                               {"cavity_pressure_bar", 1, 1},
                               {"clamp_force_kn"},
                               {"barrel_temp_1_c", 3, 2},
                               {"barrel_temp_2_c", 3, 2},
                               {"barrel_temp_3_c", 3, 2},
                               {"barrel_temp_4_c", 3, 2},
                               {"mold_temp_c", 3, 2},
                               {"cushion_mm", 3, 3},
                               {"part_weight_g", 3, 3}},
                              3,
                              {{barrel_3, mould},
                               barrel_2,
                               nozzle_deci_bar,
                               [](i64 value) { return value / 10; },  // MPa
                               clamp_kn}};
    return form;
}

class Machine {
public:
    explicit Machine(const SimulationOptions& options)
        : generator_(options.seed), time_us_(options.start_ms * 1'000) {
        new_lot();
        plan_shot();
    }

    void advance(LogRow& row, FaultBook& book, u64 file_row) {
        row.time_us = time_us_ += interval_us;
        heat(row);
        row.cells[shot].number = shot_;
        row.cells[phase].text = phases[phase_].name;
        speed_um_s_ = rpm_ = 0;
        switch (phase_) {
            case closing:
                clamp_kn_ = row_of_phase_ * 800 / phases[closing].rows;
                break;
            case filling:
                fill();
                break;
            case packing:
                pack();
                break;
            case cooling:
                cool();
                break;
            default:
                open();
                break;
        }
        report(row);
        book.mark("check_valve_leak", "cushion_mm,cavity_pressure_bar,part_weight_g",
                  leak_share_ > 0, file_row);
        book.mark("late_switch_over", "cavity_pressure_bar,part_weight_g", late_, file_row);
        book.mark("heater_failure", "barrel_temp_3_c", heater_shots_ > 0, file_row);
        next_row();
    }

private:
    // Per mille of the nominal viscosity: about -1 % per degree, and the lot.
    i64 viscosity() const {
        const i64 melt = (barrel_[0] + barrel_[1] + 2 * barrel_[2] + 2 * barrel_[3]) / 6;
        return lot_per_mille_ * (1'000 - (melt - melt_mean_milli_c) / 100) / 1'000;
    }

    void fill() {
        const i64 end = late_ ? switch_um - 2'200 : switch_um;
        screw_um_ = std::max(end, screw_um_ - step_um);
        speed_um_s_ = fill_speed_mm_s * 1'000 + generator_.noise(120);
        const i64 filled = filled_per_mille();
        nozzle_ = (1'500 + 4 * filled) * viscosity() / 1'000 + generator_.noise(15);
        // The sensor stands near the gate, where the front passes after three tenths.
        cavity_ = filled > 300 ? (filled - 300) * viscosity() / 1'000 : 0;
        if (screw_um_ == end) next_phase();
    }
    // Of the cavity's volume; what leaks back over the check valve does not arrive.
    i64 filled_per_mille() const {
        const i64 moved = (shot_um - screw_um_) * 980 / (shot_um - switch_um);
        return moved * (1'000 - leak_share_) / 1'000;
    }

    void pack() {
        const i64 rest = leak_share_ > 0 ? 0 : late_ ? cushion_um - 1'500 : cushion_um;
        screw_um_ -= (screw_um_ - rest) / 20;
        if (leak_share_ > 0) screw_um_ = std::max<i64>(0, screw_um_ - 60);
        nozzle_ += (hold_deci_bar - nozzle_) / 3;
        // A leaking valve passes little pressure on; a late switch-over has compressed too much.
        i64 target = hold_deci_bar * 80 / 100 * 1'000 / viscosity();
        if (leak_share_ > 0) target = target / 4;
        if (late_) target = target * 17 / 10;
        if (row_of_phase_ < gate_freeze_rows_) {
            cavity_ += (target - cavity_) / 4;
            cavity_ -= cavity_ * row_of_phase_ / 60'000;
        } else {
            if (row_of_phase_ == gate_freeze_rows_) freeze_deci_bar_ = cavity_;
            shrink();
        }
    }

    void cool() {
        if (row_of_phase_ == 0) weigh();
        nozzle_ = 0;
        if (screw_um_ < shot_um && row_of_phase_ >= 20) {
            screw_um_ = std::min(shot_um, screw_um_ + 260 + generator_.below(20));
            rpm_ = 120 + generator_.noise(1);
            nozzle_ = back_pressure_deci_bar + generator_.noise(12);
        }
        shrink();
    }

    void open() {
        nozzle_ = 0;
        cavity_ = 0;
        clamp_kn_ = std::max<i64>(0, 800 - row_of_phase_ * 40);
    }

    // The frozen part loses pressure as it cools, with a time constant of 1.8 s.
    void shrink() { cavity_ = std::max<i64>(0, cavity_ - cavity_ / 90 - 2); }

    void weigh() {
        cushion_um_ = screw_um_;
        // 1e-4 per bar about the pressure that a sound shot freezes with.
        const i64 dense = weight_mg * (freeze_deci_bar_ - 3'550) / 100'000;
        const i64 missing = weight_mg * leak_share_ / 1'000;
        weight_ = weight_mg + dense - missing + generator_.noise(8);
    }

    void heat(LogRow& row) {
        for (std::size_t i = 0; i < barrel_.size(); ++i) {
            const i64 set = melt_milli_c - 10'000 * static_cast<i64>(3 - i);
            const bool failed = i == 2 && heater_shots_ > 0;
            const i64 goal = failed ? set - 55'000 : set;
            barrel_[i] += (goal - barrel_[i]) / (failed ? 3'000 : 400) + generator_.noise(20);
            row.cells[barrel_1 + i].number = barrel_[i];
        }
        const i64 hot = phase_ == packing ? 3'000 : 0;
        mould_ += (mould_milli_c + hot - mould_) / 300 + generator_.noise(8);
        row.cells[mould].number = mould_;
    }

    void report(LogRow& row) {
        const auto put = [&row](Column column, i64 value) { row.cells[column].number = value; };
        put(screw_um, screw_um_);
        put(speed_um_s, speed_um_s_);
        put(screw_rpm, rpm_);
        put(nozzle_deci_bar, std::max<i64>(0, nozzle_));
        put(cavity_deci_bar, std::max<i64>(0, cavity_ + (cavity_ > 0 ? generator_.noise(4) : 0)));
        put(clamp_kn, clamp_kn_ > 0 ? std::max<i64>(0, clamp_kn_ + generator_.noise(1)) : 0);
        put(cushion, cushion_um_);
        put(part_weight, weight_);
    }

    void next_row() {
        ++row_of_phase_;
        if (phase_ == filling) return;  // ends by position
        if (row_of_phase_ >= phases[phase_].rows) next_phase();
    }
    void next_phase() {
        // fill() moves on before next_row() counts.
        row_of_phase_ = phase_ == filling ? -1 : 0;
        if (phase_ != opening) {
            phase_ = static_cast<PhaseIndex>(phase_ + 1);
            return;
        }
        phase_ = closing;
        ++shot_;
        plan_shot();
    }

    // What the next shot will be like: of parts made in a row, the fault of a machine hits several.
    void plan_shot() {
        if (leak_shots_ > 0) --leak_shots_;
        if (heater_shots_ > 0) --heater_shots_;
        if (leak_shots_ == 0 && generator_.one_in(60)) leak_shots_ = 1 + generator_.below(4);
        leak_share_ = leak_shots_ > 0 ? 80 + generator_.below(120) : 0;
        late_ = leak_shots_ == 0 && generator_.one_in(70);
        if (heater_shots_ == 0 && generator_.one_in(120)) heater_shots_ = 4 + generator_.below(8);
        if (generator_.one_in(150)) new_lot();
        // t = s^2 / (pi^2 a) ln(8/pi^2 (Tm - Tw)/(Te - Tw)) for a gate of 1.6 mm: about 2.3 s, and
        // 0.02 s more for each degree of the mould.
        gate_freeze_rows_ = 115 + (mould_ - mould_milli_c) / 1'000 + generator_.noise(2);
    }
    void new_lot() { lot_per_mille_ = 960 + generator_.below(81); }

    Generator generator_;
    u64 time_us_;
    std::array<i64, 4> barrel_{200'000, 210'000, 220'000, 230'000};
    i64 mould_ = mould_milli_c;
    PhaseIndex phase_ = closing;
    i64 row_of_phase_ = 0;
    i64 shot_ = 1;
    i64 lot_per_mille_ = 1'000;
    i64 leak_shots_ = 0;
    i64 leak_share_ = 0;  // per mille of the shot
    i64 heater_shots_ = 0;
    bool late_ = false;
    i64 gate_freeze_rows_ = 0;
    i64 screw_um_ = shot_um;
    i64 speed_um_s_ = 0;
    i64 rpm_ = 0;
    i64 nozzle_ = 0;  // 0.1 bar, as all pressures
    i64 cavity_ = 0;
    i64 freeze_deci_bar_ = 0;
    i64 clamp_kn_ = 0;
    i64 cushion_um_ = cushion_um;
    i64 weight_ = weight_mg;
};

}  // namespace

std::string injection_header() {
    return form().header();
}

std::vector<PlantedFault> simulate_injection(const SimulationOptions& options,
                                             const SimulationSink& sink) {
    return write_log<Machine>(form(), options, sink);
}

}  // namespace jangbu::client
