#include "client/simulate_cnc.h"

#include <algorithm>
#include <array>
#include <utility>

namespace jangbu::client {
namespace {

// splitmix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
class Generator {
public:
    explicit Generator(u64 seed) : state_(seed) {}
    u64 next() {
        u64 z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    i64 below(i64 bound) { return static_cast<i64>(next() % static_cast<u64>(bound)); }
    bool one_in(i64 n) { return below(n) == 0; }
    // Roughly normal with this standard deviation: the sum of twelve uniforms.
    i64 noise(i64 deviation) {
        i64 sum = 0;
        for (int i = 0; i < 12; ++i) sum += below(2 * deviation + 1) - deviation;
        return sum / 2;
    }

private:
    u64 state_;
};

// sin(2 pi phase / 65536) * 1000 by a parabola per half wave: within 6 % of the sine, which no
// reader of a log can see.
i64 sine_milli(i64 phase) {
    const i64 p = phase & 65535;
    const i64 half = p & 32767;
    const i64 value = 4 * half * (32768 - half) / 1'073'742;  // 0 to 1000
    return p < 32768 ? value : -value;
}

// Fixed point with `digits` decimals to text.
void append_fixed(std::string& out, i64 value, int digits) {
    if (value < 0) {
        out.push_back('-');
        value = -value;
    }
    i64 scale = 1;
    for (int i = 0; i < digits; ++i) scale *= 10;
    out += std::to_string(value / scale);
    if (digits == 0) return;
    out.push_back('.');
    std::string fraction = std::to_string(value % scale);
    out.append(static_cast<std::size_t>(digits) - fraction.size(), '0');
    out += fraction;
}

// 2026-01-01T00:00:00.000Z from ms since the epoch (days to civil date: Hinnant's algorithm).
void append_time(std::string& out, u64 ms) {
    const u64 days = ms / 86'400'000;
    const u64 z = days + 719'468;
    const u64 era = z / 146'097;
    const u64 doe = z % 146'097;
    const u64 yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
    const u64 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const u64 mp = (5 * doy + 2) / 153;
    const u64 day = doy - (153 * mp + 2) / 5 + 1;
    const u64 month = mp < 10 ? mp + 3 : mp - 9;
    const u64 year = yoe + era * 400 + (month <= 2 ? 1 : 0);
    const auto padded = [&out](u64 value, std::size_t width, char end) {
        const std::string text = std::to_string(value);
        out.append(width - std::min(width, text.size()), '0');
        out += text;
        if (end) out.push_back(end);
    };
    padded(year, 4, '-');
    padded(month, 2, '-');
    padded(day, 2, 'T');
    padded(ms / 3'600'000 % 24, 2, ':');
    padded(ms / 60'000 % 60, 2, ':');
    padded(ms / 1'000 % 60, 2, '.');
    padded(ms % 1'000, 3, 'Z');
}

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

constexpr i64 wear_limit_um = 300;    // VB at which a tool is changed (ISO 8688-2)
constexpr i64 hall_milli_c = 22'000;  // ambient, before the day's swing

struct Reading {
    u64 time_ms = 0;
    const char* step = "";
    i64 part = 1;
    i64 tool = 1;
    i64 rpm = 0;
    i64 feed = 0;
    i64 x_um = 0, y_um = 0, z_um = 0;
    i64 power_w = 0;
    i64 current_ma = 0;
    i64 temperature_milli_c = hall_milli_c;
    i64 vibration_um_s = 0;
    i64 wear_um = 0;
    i64 coolant_milli_bar = 0;
    i64 alarm = 0;
};

constexpr std::string_view header =
    "time,step,part,tool,spindle_rpm,feed_mm_min,x_mm,y_mm,z_mm,spindle_power_w,spindle_current_a,"
    "spindle_temp_c,"
    "vibration_rms_mm_s,coolant_bar,alarm,source";

class Machine {
public:
    explicit Machine(const CncOptions& options)
        : generator_(options.seed), interval_ms_(options.interval_ms) {
        reading_.time_ms = options.start_ms;
        steel_ = generator_.one_in(2);
        kc_ = steel_ ? 2'100 : 750;  // N/mm2 at the chip thicknesses used here
        heat_milli_c_ = 0;
        new_tool();
    }

    // The next true state of the machine; `broke` once when a tool breaks.
    const Reading& advance(bool& broke) {
        broke = false;
        reading_.time_ms += interval_ms_;
        if (stopped_rows_ > 0) {
            stand_still();
            return reading_;
        }
        const Step& step = program[step_];
        cut(step);
        if (chatter_rows_ > 0)
            --chatter_rows_;
        else if (step.depth_um > 2'000 && generator_.one_in(60'000))
            chatter_rows_ = 200 + generator_.below(600);
        if (step.depth_um > 0 && reading_.wear_um > wear_limit_um && generator_.one_in(3'000)) {
            broke = true;
            reading_.alarm = 2'041;
            stopped_rows_ = 600;
        }
        next_row_of_program(step);
        return reading_;
    }
    bool chattering() const { return chatter_rows_ > 0; }

private:
    void cut(const Step& step) {
        const i64 speed = step.speed_rpm;
        reading_.step = step.name;
        reading_.rpm = speed == 0 ? 0 : speed + generator_.noise(speed / 1'000 + 1);
        reading_.feed = step.feed_mm_min;
        move(step);

        // Q in mm3/min, P = kc Q / 60e6 kW, here in W, with an efficiency of 80 %; worn edges need
        // up to 40 % more.
        const i64 removal = step.depth_um * step.width_um / 1'000'000 * step.feed_mm_min;
        i64 power = kc_ * removal / 60'000 * 10 / 8;
        power += power * reading_.wear_um * 4 / (10 * wear_limit_um);
        const i64 friction = speed / 20;
        reading_.power_w = std::max<i64>(0, power + friction + generator_.noise(power / 60 + 4));
        reading_.current_ma = reading_.power_w * 1'000 / 380 + 900 + generator_.noise(25);

        // Heat follows power with a time constant of some 20 minutes at 10 rows a second.
        heat_milli_c_ += (reading_.power_w * 9'000 / 1'000 - heat_milli_c_) / 12'000 +
                         (reading_.power_w * 9 > heat_milli_c_ ? 1 : -1);
        const i64 day = static_cast<i64>(reading_.time_ms % 86'400'000 * 65'536 / 86'400'000);
        reading_.temperature_milli_c = hall_milli_c + 3 * sine_milli(day - 16'384) +
                                       std::max<i64>(0, heat_milli_c_) + generator_.noise(40);

        const i64 unbalance = speed / 100 * speed / 100 / 12;
        const i64 teeth = step.depth_um > 0 ? 250 + step.depth_um / 12 + reading_.wear_um * 2 : 0;
        i64 vibration = unbalance + teeth;
        if (chatter_rows_ > 0 && step.depth_um > 0) vibration *= 4;
        reading_.vibration_um_s =
            std::max<i64>(0, vibration + generator_.noise(vibration / 25 + 5));
        reading_.coolant_milli_bar =
            step.depth_um > 0 ? 6'000 + generator_.noise(60) : 300 + generator_.noise(20);
        wear(step);
    }

    // Break-in to 80 um, then steady, accelerated above 220 um; faster at higher cutting speed
    // (Taylor).
    void wear(const Step& step) {
        if (step.depth_um == 0) return;
        const i64 speed_m_min = step.speed_rpm * step.tool_mm * 314 / 100'000;
        const i64 reference = steel_ ? 180 : 400;
        i64 rate = speed_m_min * speed_m_min * 40 / (reference * reference) + 4;
        if (reading_.wear_um < 80) rate *= 3;
        if (reading_.wear_um > 220) rate *= 4;
        wear_nano_ += rate * 10 + generator_.below(40);
        reading_.wear_um = wear_nano_ / 80'000;
    }

    // Back and forth over a 300 x 200 mm table.
    void move(const Step& step) {
        travel_um_ += step.feed_mm_min * 1'000 / 60 * static_cast<i64>(interval_ms_) / 1'000;
        const i64 along = travel_um_ % 600'000;
        reading_.x_um = along < 300'000 ? along : 600'000 - along;
        reading_.y_um = travel_um_ / 300'000 * std::max<i64>(1'000, step.width_um) % 200'000;
        reading_.z_um = step.depth_um > 0 ? -step.depth_um + generator_.noise(2) : 50'000;
    }

    void next_row_of_program(const Step& step) {
        if (++row_of_step_ < step.duration_rows) return;
        row_of_step_ = 0;
        if (++step_ < program.size()) return;
        step_ = 0;
        ++reading_.part;
        if (reading_.wear_um > wear_limit_um && !generator_.one_in(6))
            new_tool();  // one in six is changed late
    }

    void stand_still() {
        if (--stopped_rows_ == 0) {
            reading_.alarm = 0;
            new_tool();
        }
        reading_.step = "alarm";
        reading_.rpm = reading_.feed = reading_.power_w = 0;
        reading_.current_ma = 350 + generator_.noise(10);
        reading_.vibration_um_s = std::max<i64>(0, 12 + generator_.noise(4));
        reading_.coolant_milli_bar = 300 + generator_.noise(20);
        heat_milli_c_ -= heat_milli_c_ / 9'000;
    }

    void new_tool() {
        wear_nano_ = 0;
        reading_.wear_um = 0;
        ++tools_;
        reading_.tool = tools_;
    }

    Generator generator_;
    u64 interval_ms_;
    bool steel_ = false;
    i64 kc_ = 0;
    i64 heat_milli_c_ = 0;
    i64 wear_nano_ = 0;
    i64 tools_ = 0;
    i64 travel_um_ = 0;
    i64 chatter_rows_ = 0;
    i64 stopped_rows_ = 0;
    std::size_t step_ = 0;
    i64 row_of_step_ = 0;
    Reading reading_;
};

// What the data logger does wrong between machine and file. It keeps its own generator, so faults
// never change physics.
class Logger {
public:
    Logger(const CncOptions& options, std::vector<CncFault>& faults)
        : generator_(options.seed ^ 0x6C6F67676572), faults_(faults) {}

    void append(std::string& out, Reading reading, u64 row) {
        plan(row);
        if (gap_ms_ > 0) reading.time_ms += gap_ms_;
        if (stuck_left_ > 0) {
            --stuck_left_;
            reading.vibration_um_s = stuck_value_;
        } else {
            stuck_value_ = reading.vibration_um_s;
        }
        if (fahrenheit_left_ > 0) {
            --fahrenheit_left_;
            reading.temperature_milli_c = reading.temperature_milli_c * 9 / 5 + 32'000;
        }
        if (spike_) reading.current_ma *= 9;
        spike_ = false;
        std::string line = text(reading, dropout_left_ > 0);
        if (dropout_left_ > 0) --dropout_left_;
        if (held_.empty() && swap_) {  // this row comes after the next one
            held_ = std::move(line);
            swap_ = false;
            return;
        }
        out += line;
        out += held_;
        held_.clear();
        if (repeat_) out += line;
        repeat_ = false;
    }
    // A row that waited for the next one, at the end of the file.
    void flush(std::string& out) { out += std::exchange(held_, {}); }
    // Rows in the file beyond those of the machine.
    u64 repeated() const { return repeated_; }

private:
    void plan(u64 row) {
        if (dropout_left_ == 0 && generator_.one_in(30'000)) {
            dropout_left_ = 20 + generator_.below(400);
            note("dropout", "spindle_temp_c,vibration_rms_mm_s", row, dropout_left_);
        }
        if (stuck_left_ == 0 && generator_.one_in(45'000)) {
            stuck_left_ = 100 + generator_.below(900);
            note("stuck", "vibration_rms_mm_s", row, stuck_left_);
        }
        if (fahrenheit_left_ == 0 && generator_.one_in(120'000)) {
            fahrenheit_left_ = 500 + generator_.below(3'000);
            note("unit_shift", "spindle_temp_c", row, fahrenheit_left_);
        }
        if (generator_.one_in(15'000)) {
            spike_ = true;
            note("spike", "spindle_current_a", row, 1);
        }
        if (generator_.one_in(60'000)) {
            gap_ms_ += static_cast<u64>(2'000 + generator_.below(600'000));
            note("time_gap", "time", row, 1);
        }
        if (generator_.one_in(25'000)) {
            repeat_ = true;
            ++repeated_;
            note("repeated_row", "", row, 1);
        }
        if (generator_.one_in(35'000)) {
            swap_ = true;
            note("out_of_order", "time", row, 2);
        }
    }
    void note(const char* kind, const char* column, u64 row, i64 rows) {
        faults_.push_back({kind, column, row, row + static_cast<u64>(rows) - 1});
    }

    static std::string text(const Reading& r, bool dropout) {
        std::string line;
        line.reserve(160);
        append_time(line, r.time_ms);
        line.push_back(',');
        line += r.step;
        const auto number = [&line](i64 value, int digits) {
            line.push_back(',');
            append_fixed(line, value, digits);
        };
        number(r.part, 0);
        number(r.tool, 0);
        number(r.rpm, 0);
        number(r.feed, 0);
        number(r.x_um, 3);
        number(r.y_um, 3);
        number(r.z_um, 3);
        number(r.power_w, 0);
        number(r.current_ma, 3);
        if (dropout)
            line += ",,";
        else {
            number(r.temperature_milli_c / 10, 2);
            number(r.vibration_um_s, 3);
        }
        number(r.coolant_milli_bar / 10, 2);
        number(r.alarm, 0);
        line += ",simulated\n";
        return line;
    }

    Generator generator_;
    std::vector<CncFault>& faults_;
    i64 dropout_left_ = 0;
    i64 stuck_left_ = 0;
    i64 stuck_value_ = 0;
    i64 fahrenheit_left_ = 0;
    bool spike_ = false;
    bool repeat_ = false;
    bool swap_ = false;
    u64 gap_ms_ = 0;
    u64 repeated_ = 0;
    std::string held_;
};

}  // namespace

std::string_view cnc_header() {
    return header;
}

std::vector<CncFault> simulate_cnc(const CncOptions& options,
                                   const std::function<bool(std::string_view)>& sink) {
    constexpr std::size_t piece_bytes = 256 << 10;
    std::vector<CncFault> faults;
    Machine machine(options);
    Logger logger(options, faults);
    std::string out(header);
    out.push_back('\n');
    u64 chatter_from = 0;
    // A repeated row counts: the file has exactly options.rows rows after its header.
    for (u64 row = 1; row + logger.repeated() <= options.rows; ++row) {
        bool broke = false;
        const Reading& reading = machine.advance(broke);
        const u64 file_row = row + logger.repeated();
        if (broke) faults.push_back({"tool_breakage", "", file_row, file_row + 600});
        if (machine.chattering() && chatter_from == 0) chatter_from = file_row;
        if (!machine.chattering() && chatter_from != 0) {
            faults.push_back({"chatter", "vibration_rms_mm_s", chatter_from, file_row - 1});
            chatter_from = 0;
        }
        logger.append(out, reading, file_row);
        if (out.size() >= piece_bytes) {
            if (!sink(out)) return faults;
            out.clear();
        }
    }
    logger.flush(out);
    if (chatter_from != 0)
        faults.push_back({"chatter", "vibration_rms_mm_s", chatter_from, options.rows});
    if (!out.empty()) sink(out);
    return faults;
}

}  // namespace jangbu::client
