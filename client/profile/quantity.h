// The unit that a header shows, and what is known of it: its quantity, and the other units in which
// the same quantity is often logged by mistake.
//
// temp(℃), 압력[bar], speed_rpm, "전류 (A)". Units compare after folding of case and of signs that
// look alike. Threads: pure functions. Source: the units of KS A ISO 80000 and those of older
// gauges (kgf/cm2, psi, inch).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jangbu::client {

enum class Quantity {
    none,
    temperature,
    pressure,
    length,
    speed,
    rotation,
    current,
    voltage,
    power,
    energy,
    force,
    mass,
    time,
    vibration,
    frequency,
    ratio,
    flow,
    angle,
    torque,
};

struct Unit {
    std::string text;  // as it is written for people: "℃", "bar"; empty = none shown
    Quantity quantity = Quantity::none;
};

// From brackets or parentheses at the end of a name, or from its last word.
Unit unit_of_header(std::string_view name);
// A cell that is a unit and nothing else (a row of units under the header): "[℃]", "mm/s".
std::optional<Unit> unit_of_cell(std::string_view text);
// What the words of a name say, where no unit does: 온도, pressure.
Quantity quantity_of_name(std::string_view name);
// Date, time, timestamp, 일시, 시각 ...
bool name_speaks_of_time(std::string_view name);
// label, target, PassOrFail, 판정, 불량 ...
bool name_speaks_of_outcome(std::string_view name);

// y = factor x + offset turns a value into that of another unit.
struct Conversion {
    std::string_view from;
    std::string_view to;
    double factor;
    double offset;
};
std::vector<Conversion> conversions_of(Quantity quantity);

std::string fold_case(std::string_view ascii);

}  // namespace jangbu::client
