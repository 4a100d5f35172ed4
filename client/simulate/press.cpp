// A crank press that blanks parts from steel strip, 40 strokes a minute.
//
// Slide           slider-crank kinematics; the crank is 0 degrees at top, 180 at bottom dead
// centre. Tonnage         blanking force F = L t ks, ks = 0.8 of the tensile strength; over the
// penetration
//                 of the punch: elastic rise, peak at three tenths of the sheet, fracture at about
//                 a half, then snap-through (reverse tonnage) that rings down; stripping on the way
//                 up.
// Wear            a dull edge needs up to a quarter more force and breaks the sheet later. Faster
//                 than in a shop, where a grind lasts 10^4 to 10^6 strokes, so that a file shows
//                 it.
// Flywheel        gives energy while cutting; the motor puts it back in.
// Faults          misfeed, double sheet, off-centre load, chipped punch, punch worn past its limit;
//                 of the logger: one column in tonf and the rest of machine_log.h.
#include <algorithm>
#include <array>

#include "client/simulate/machine_log.h"
#include "client/simulate/machines.h"

namespace jangbu::client {
namespace {

constexpr i64 rows_per_stroke = 720;
constexpr i64 crank_um = 60'000;  // half the stroke
constexpr i64 rod_um = 480'000;   // connecting rod
constexpr i64 sheet_um = 3'000;
constexpr i64 entry_um = 200;  // how far the punch goes into the die
constexpr i64 cut_mm = 400;
constexpr i64 shear_n_mm2 = 240;          // 0.8 x 300 N/mm2
constexpr i64 stroke_ns = 1'500'000'000;  // 40 a minute
constexpr i64 wear_limit = 1'000;
constexpr i64 hall_milli_c = 22'000;
// Per mille of the force at fracture, row by row.
constexpr std::array<i64, 6> ringing{-220, 95, -48, 21, -9, 4};

enum Column : std::size_t {
    stroke,
    crank_deci_deg,
    slide_um,
    left_n,
    right_n,
    current_ma,
    die_milli_c,
};

const LogForm& form() {
    static const LogForm form{{{"stroke"},
                               {"crank_deg", 1, 1},
                               {"slide_position_mm", 3, 3},
                               {"tonnage_left_kn", 3, 1},
                               {"tonnage_right_kn", 3, 1},
                               {"motor_current_a", 3, 2},
                               {"die_temp_c", 3, 2}},
                              6,
                              {{current_ma, die_milli_c},
                               right_n,
                               left_n,
                               [](i64 value) { return value * 100'000 / 980'665; },  // tonf
                               current_ma}};
    return form;
}

// The slide above bottom dead centre.
i64 slide_at(u32 angle) {
    const i64 aside = crank_um * sine_micro(angle) / 1'000'000;
    const i64 down = crank_um - crank_um * cosine_micro(angle) / 1'000'000 + rod_um -
                     square_root(rod_um * rod_um - aside * aside);
    return 2 * crank_um - down;
}

class Machine {
public:
    explicit Machine(const SimulationOptions& options)
        : generator_(options.seed), time_ns_(options.start_ms * 1'000'000) {
        plan_stroke();
    }

    void advance(LogRow& row, FaultBook& book, u64 file_row) {
        const i64 slowed = 1'000 + energy_debt_ / 40;  // per mille of the time of a row
        time_ns_ += static_cast<u64>(stroke_ns / rows_per_stroke * slowed / 1'000);
        row.time_us = time_ns_ / 1'000;
        const u32 angle = static_cast<u32>((static_cast<u64>(row_) << 32) / rows_per_stroke);
        const i64 slide = slide_at(angle);
        const i64 force = force_at(slide);
        share_out(force, row);
        drive(force, row);
        row.cells[stroke].number = stroke_;
        row.cells[crank_deci_deg].number = row_ * 5;
        row.cells[slide_um].number = slide + generator_.noise(2);
        mark(book, file_row);
        if (++row_ == rows_per_stroke) {
            row_ = 0;
            ++stroke_;
            plan_stroke();
        }
    }

private:
    i64 full_force() const {
        const i64 sharp = cut_mm * thickness_ * shear_n_mm2 / 1'000;
        const i64 worn = sharp + sharp * wear_ / (4 * wear_limit);
        return chipped_ ? worn * 82 / 100 : worn;
    }

    i64 force_at(i64 slide) {
        const i64 depth = thickness_ + entry_um - slide;
        if (thickness_ == 0 || depth <= 0) return 0;
        if (row_ > rows_per_stroke / 2) return -full_force() * 6 / 100;  // stripping
        const i64 part = depth * 1'000 / thickness_;                     // per mille of the sheet
        const i64 breaks_at = 500 + 150 * wear_ / wear_limit;
        const i64 full = full_force();
        if (part < 150) return full * 9 / 10 * part / 150;
        if (part < 300) return full * (900 + 100 * (part - 150) / 150) / 1'000;
        if (part < breaks_at) return full * (1'300 - part) / 1'000;
        if (rung_ == ringing.size()) return 0;
        return full * (1'300 - breaks_at) / 1'000 * ringing[rung_++] / 1'000;
    }

    void share_out(i64 force, LogRow& row) {
        i64 left_per_mille = off_centre_strokes_ > 0 ? 640 : 500;
        if (chipped_) left_per_mille -= 90;
        const i64 left = force * left_per_mille / 1'000;
        row.cells[left_n].number = left + generator_.noise(350);
        row.cells[right_n].number = force - left + generator_.noise(350);
    }

    // The debt is the energy that the flywheel lacks, in J at some 60 um a row.
    void drive(i64 force, LogRow& row) {
        if (force > 0) energy_debt_ += force / 17'000;
        energy_debt_ -= energy_debt_ / 120;
        const i64 current = 18'000 + energy_debt_ * 45 + generator_.noise(150);
        row.cells[current_ma].number = current;
        // Warmed by the cutting, cooled by the hall; time constant some ten minutes.
        heat_nano_c_ += std::max<i64>(0, force) * 15 - heat_nano_c_ / 288'000;
        row.cells[die_milli_c].number =
            hall_milli_c + heat_nano_c_ / 1'000'000 + generator_.noise(30);
    }

    void mark(FaultBook& book, u64 file_row) const {
        constexpr std::string_view both = "tonnage_left_kn,tonnage_right_kn";
        book.mark("misfeed", both, thickness_ == 0, file_row);
        book.mark("double_sheet", both, thickness_ == 2 * sheet_um, file_row);
        book.mark("off_centre_load", both, off_centre_strokes_ > 0, file_row);
        book.mark("chipped_punch", both, chipped_, file_row);
        book.mark("worn_punch", both, wear_ > wear_limit, file_row);
    }

    void plan_stroke() {
        rung_ = 0;
        wear_ += 2 + generator_.below(3);
        if (wear_ > wear_limit && grind_in_ == 0) grind_in_ = 20 + generator_.below(40);
        if (grind_in_ > 0 && --grind_in_ == 0) {
            wear_ = 0;
            chipped_ = false;
        }
        // A strip's thickness varies by some hundredths.
        thickness_ = sheet_um + generator_.noise(15);
        if (generator_.one_in(90)) thickness_ = 0;
        if (generator_.one_in(110)) thickness_ = 2 * sheet_um;
        if (off_centre_strokes_ > 0)
            --off_centre_strokes_;
        else if (generator_.one_in(100))
            off_centre_strokes_ = 5 + generator_.below(25);
        if (!chipped_ && generator_.one_in(220)) {
            chipped_ = true;
            if (grind_in_ == 0) grind_in_ = 15 + generator_.below(60);  // until somebody looks
        }
    }

    Generator generator_;
    u64 time_ns_;
    i64 row_ = 0;
    i64 stroke_ = 1;
    i64 thickness_ = sheet_um;
    i64 wear_ = 0;
    i64 grind_in_ = 0;  // strokes
    bool chipped_ = false;
    i64 off_centre_strokes_ = 0;
    std::size_t rung_ = 0;
    i64 energy_debt_ = 0;
    i64 heat_nano_c_ = 0;
};

}  // namespace

std::string press_header() {
    return form().header();
}

std::vector<PlantedFault> simulate_press(const SimulationOptions& options,
                                         const SimulationSink& sink) {
    return write_log<Machine>(form(), options, sink);
}

}  // namespace jangbu::client
