// A CNC milling machine: a batch of identical parts in aluminium or steel, one program of facing,
// roughing, finishing and drilling per part, with rapid moves between.
//
// Cutting power       P = kc Q / eta, Q = ap ae vf, kc by Kienzle's specific cutting force.
// Tool wear VB        break-in, steady, accelerated; faster at higher cutting speed (Taylor); a
// tool
//                     is changed at the limit of ISO 8688-2, one in six too late.
// Spindle current     idle friction and power; rises with wear.
// Spindle temperature first-order lag to ambient and power; the hall follows the day.
// Vibration           unbalance (speed squared), teeth (feed, wear), chatter.
// Faults              chatter, tool breakage with an emergency stop; of the logger: temperature in
//                     Fahrenheit and the rest of machine_log.h.
#include <algorithm>
#include <array>

#include "client/simulate/machine_log.h"
#include "client/simulate/machines.h"

namespace jangbu::client {
namespace {

// One step of the part program. Lengths in um, feeds in mm/min, depth and width of cut in um.
struct Step {
    const char* name;
    i64 duration_rows;
    i64 speed_rpm;
    i64 feed_mm_min;
    i64 depth_um;
    i64 width_um;
    i64 tool_mm;
};
constexpr std::array<Step, 8> program{{
    {"rapid", 6, 6'000, 15'000, 0, 0, 50},
    {"face", 140, 4'500, 1'800, 1'000, 40'000, 50},
    {"rapid", 5, 8'000, 15'000, 0, 0, 16},
    {"rough", 420, 8'000, 2'400, 4'000, 8'000, 16},
    {"finish", 260, 10'000, 1'500, 300, 16'000, 16},
    {"rapid", 5, 3'200, 15'000, 0, 0, 8},
    {"drill", 90, 3'200, 480, 8'000, 8'000, 8},
    {"unload", 60, 0, 0, 0, 0, 8},
}};

constexpr i64 interval_ms = 100;
constexpr i64 wear_limit_um = 300;    // VB at which a tool is changed (ISO 8688-2)
constexpr i64 hall_milli_c = 22'000;  // ambient, before the day's swing
constexpr i64 stop_rows = 600;        // after a tool breaks

enum Column : std::size_t {
    step_name,
    part,
    tool,
    rpm,
    feed,
    x_um,
    y_um,
    z_um,
    power_w,
    current_ma,
    temperature_milli_c,
    vibration_um_s,
    coolant_milli_bar,
    alarm,
};

const LogForm& form() {
    static const LogForm form{{{"step", word},
                               {"part"},
                               {"tool"},
                               {"spindle_rpm"},
                               {"feed_mm_min"},
                               {"x_mm", 3, 3},
                               {"y_mm", 3, 3},
                               {"z_mm", 3, 3},
                               {"spindle_power_w"},
                               {"spindle_current_a", 3, 3},
                               {"spindle_temp_c", 3, 2},
                               {"vibration_rms_mm_s", 3, 3},
                               {"coolant_bar", 3, 2},
                               {"alarm"}},
                              3,
                              {{temperature_milli_c, vibration_um_s},
                               vibration_um_s,
                               temperature_milli_c,
                               [](i64 value) { return value * 9 / 5 + 32'000; },
                               current_ma}};
    return form;
}

class Machine {
public:
    explicit Machine(const SimulationOptions& options)
        : generator_(options.seed), time_us_(options.start_ms * 1'000) {
        steel_ = generator_.one_in(2);
        kc_ = steel_ ? 2'100 : 750;  // N/mm2 at the chip thicknesses used here
        ++tools_;
    }

    void advance(LogRow& row, FaultBook& book, u64 file_row) {
        row.time_us = time_us_ += interval_ms * 1'000;
        row.cells[part].number = part_;
        if (stopped_rows_ > 0) {
            stand_still(row);
        } else {
            const Step& step = program[step_];
            cut(step, row);
            chatter_and_break(step, row, book, file_row);
            next_row_of_program(step);
        }
        row.cells[tool].number = tools_;
        row.cells[alarm].number = alarm_;
        book.mark("chatter", "vibration_rms_mm_s", chatter_rows_ > 0, file_row);
    }

private:
    void cut(const Step& step, LogRow& row) {
        const auto put = [&row](Column column, i64 value) { row.cells[column].number = value; };
        const i64 speed = step.speed_rpm;
        row.cells[step_name].text = step.name;
        put(rpm, speed == 0 ? 0 : speed + generator_.noise(speed / 1'000 + 1));
        put(feed, step.feed_mm_min);
        move(step, row);

        // Q in mm3/min, P = kc Q / 60e6 kW, here in W, with an efficiency of 80 %; worn edges need
        // up to 40 % more.
        const i64 removal = step.depth_um * step.width_um / 1'000'000 * step.feed_mm_min;
        i64 power = kc_ * removal / 60'000 * 10 / 8;
        power += power * wear_um_ * 4 / (10 * wear_limit_um);
        const i64 friction = speed / 20;
        const i64 drawn = std::max<i64>(0, power + friction + generator_.noise(power / 60 + 4));
        put(power_w, drawn);
        put(current_ma, drawn * 1'000 / 380 + 900 + generator_.noise(25));

        // Heat follows power with a time constant of some 20 minutes at 10 rows a second.
        heat_milli_c_ +=
            (drawn * 9'000 / 1'000 - heat_milli_c_) / 12'000 + (drawn * 9 > heat_milli_c_ ? 1 : -1);
        const i64 day = static_cast<i64>(time_us_ / 1'000 % 86'400'000 * 65'536 / 86'400'000);
        put(temperature_milli_c, hall_milli_c + 3 * sine_milli(day - 16'384) +
                                     std::max<i64>(0, heat_milli_c_) + generator_.noise(40));

        const i64 unbalance = speed / 100 * speed / 100 / 12;
        const i64 teeth = step.depth_um > 0 ? 250 + step.depth_um / 12 + wear_um_ * 2 : 0;
        i64 vibration = unbalance + teeth;
        if (chatter_rows_ > 0 && step.depth_um > 0) vibration *= 4;
        put(vibration_um_s, std::max<i64>(0, vibration + generator_.noise(vibration / 25 + 5)));
        put(coolant_milli_bar,
            step.depth_um > 0 ? 6'000 + generator_.noise(60) : 300 + generator_.noise(20));
        wear(step);
    }

    // Break-in to 80 um, then steady, accelerated above 220 um; faster at higher cutting speed
    // (Taylor).
    void wear(const Step& step) {
        if (step.depth_um == 0) return;
        const i64 speed_m_min = step.speed_rpm * step.tool_mm * 314 / 100'000;
        const i64 reference = steel_ ? 180 : 400;
        i64 rate = speed_m_min * speed_m_min * 40 / (reference * reference) + 4;
        if (wear_um_ < 80) rate *= 3;
        if (wear_um_ > 220) rate *= 4;
        wear_nano_ += rate * 10 + generator_.below(40);
        wear_um_ = wear_nano_ / 80'000;
    }

    void chatter_and_break(const Step& step, LogRow& row, FaultBook& book, u64 file_row) {
        if (chatter_rows_ > 0)
            --chatter_rows_;
        else if (step.depth_um > 2'000 && generator_.one_in(60'000))
            chatter_rows_ = 200 + generator_.below(600);
        if (step.depth_um > 0 && wear_um_ > wear_limit_um && generator_.one_in(3'000)) {
            alarm_ = 2'041;
            stopped_rows_ = stop_rows;
            book.note("tool_breakage", "", file_row, static_cast<u64>(stop_rows) + 1);
        }
        row.cells[alarm].number = alarm_;
    }

    // Back and forth over a 300 x 200 mm table.
    void move(const Step& step, LogRow& row) {
        travel_um_ += step.feed_mm_min * 1'000 / 60 * interval_ms / 1'000;
        const i64 along = travel_um_ % 600'000;
        row.cells[x_um].number = along < 300'000 ? along : 600'000 - along;
        row.cells[y_um].number =
            travel_um_ / 300'000 * std::max<i64>(1'000, step.width_um) % 200'000;
        row.cells[z_um].number = step.depth_um > 0 ? -step.depth_um + generator_.noise(2) : 50'000;
    }

    void next_row_of_program(const Step& step) {
        if (++row_of_step_ < step.duration_rows) return;
        row_of_step_ = 0;
        if (++step_ < program.size()) return;
        step_ = 0;
        ++part_;
        // One in six is changed late.
        if (wear_um_ > wear_limit_um && !generator_.one_in(6)) new_tool();
    }

    void stand_still(LogRow& row) {
        const auto put = [&row](Column column, i64 value) { row.cells[column].number = value; };
        if (--stopped_rows_ == 0) {
            alarm_ = 0;
            new_tool();
        }
        row.cells[step_name].text = "alarm";
        put(rpm, 0);
        put(feed, 0);
        put(power_w, 0);
        put(current_ma, 350 + generator_.noise(10));
        put(vibration_um_s, std::max<i64>(0, 12 + generator_.noise(4)));
        put(coolant_milli_bar, 300 + generator_.noise(20));
        heat_milli_c_ -= heat_milli_c_ / 9'000;
    }

    void new_tool() {
        wear_nano_ = 0;
        wear_um_ = 0;
        ++tools_;
    }

    Generator generator_;
    u64 time_us_;
    bool steel_ = false;
    i64 kc_ = 0;
    i64 heat_milli_c_ = 0;
    i64 wear_nano_ = 0;
    i64 wear_um_ = 0;
    i64 part_ = 1;
    i64 tools_ = 0;
    i64 alarm_ = 0;
    i64 travel_um_ = 0;
    i64 chatter_rows_ = 0;
    i64 stopped_rows_ = 0;
    std::size_t step_ = 0;
    i64 row_of_step_ = 0;
};

}  // namespace

std::string cnc_header() {
    return form().header();
}

std::vector<PlantedFault> simulate_cnc(const SimulationOptions& options,
                                       const SimulationSink& sink) {
    return write_log<Machine>(form(), options, sink);
}

}  // namespace jangbu::client
