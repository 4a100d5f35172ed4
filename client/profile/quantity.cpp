#include "client/profile/quantity.h"

#include <algorithm>

namespace jangbu::client {
namespace {

struct KnownUnit {
    std::string_view folded;  // lower case
    std::string_view text;
    Quantity quantity;
    bool as_word;  // may stand as the last word of a name: speed_rpm
};

constexpr KnownUnit known_units[] = {
    {"℃", "℃", Quantity::temperature, true},
    {"°c", "℃", Quantity::temperature, true},
    {"degc", "℃", Quantity::temperature, true},
    {"deg c", "℃", Quantity::temperature, false},
    {"c", "℃", Quantity::temperature, true},
    {"℉", "℉", Quantity::temperature, true},
    {"°f", "℉", Quantity::temperature, true},
    {"degf", "℉", Quantity::temperature, true},
    {"f", "℉", Quantity::temperature, false},
    {"k", "K", Quantity::temperature, false},
    {"bar", "bar", Quantity::pressure, true},
    {"mbar", "mbar", Quantity::pressure, true},
    {"pa", "Pa", Quantity::pressure, true},
    {"kpa", "kPa", Quantity::pressure, true},
    {"mpa", "MPa", Quantity::pressure, true},
    {"psi", "psi", Quantity::pressure, true},
    {"kgf/cm2", "kgf/cm²", Quantity::pressure, false},
    {"kgf/cm²", "kgf/cm²", Quantity::pressure, false},
    {"kg/cm2", "kgf/cm²", Quantity::pressure, false},
    {"torr", "Torr", Quantity::pressure, true},
    {"mm", "mm", Quantity::length, true},
    {"um", "µm", Quantity::length, true},
    {"µm", "µm", Quantity::length, true},
    {"μm", "µm", Quantity::length, true},
    {"nm", "nm", Quantity::length, false},
    {"cm", "cm", Quantity::length, true},
    {"m", "m", Quantity::length, false},
    {"km", "km", Quantity::length, false},
    {"inch", "inch", Quantity::length, true},
    {"in", "inch", Quantity::length, false},
    {"mm/s", "mm/s", Quantity::speed, false},
    {"mm/min", "mm/min", Quantity::speed, false},
    {"mm_s", "mm/s", Quantity::speed, true},
    {"mm_min", "mm/min", Quantity::speed, true},
    {"m/s", "m/s", Quantity::speed, false},
    {"m/min", "m/min", Quantity::speed, false},
    {"rpm", "rpm", Quantity::rotation, true},
    {"rev/min", "rpm", Quantity::rotation, false},
    {"a", "A", Quantity::current, true},
    {"ma", "mA", Quantity::current, true},
    {"v", "V", Quantity::voltage, true},
    {"mv", "mV", Quantity::voltage, true},
    {"kv", "kV", Quantity::voltage, true},
    {"w", "W", Quantity::power, true},
    {"kw", "kW", Quantity::power, true},
    {"mw", "mW", Quantity::power, false},
    {"kwh", "kWh", Quantity::energy, true},
    {"wh", "Wh", Quantity::energy, true},
    {"j", "J", Quantity::energy, false},
    {"kj", "kJ", Quantity::energy, true},
    {"n", "N", Quantity::force, false},
    {"kn", "kN", Quantity::force, true},
    {"kgf", "kgf", Quantity::force, true},
    {"ton", "ton", Quantity::force, true},
    {"tonf", "tonf", Quantity::force, true},
    {"g", "g", Quantity::mass, false},
    {"kg", "kg", Quantity::mass, true},
    {"mg", "mg", Quantity::mass, true},
    {"s", "s", Quantity::time, false},
    {"sec", "s", Quantity::time, true},
    {"ms", "ms", Quantity::time, true},
    {"us", "µs", Quantity::time, false},
    {"min", "min", Quantity::time, false},
    {"h", "h", Quantity::time, false},
    {"초", "s", Quantity::time, false},
    {"분", "min", Quantity::time, false},
    {"hz", "Hz", Quantity::frequency, true},
    {"khz", "kHz", Quantity::frequency, true},
    {"%", "%", Quantity::ratio, true},
    {"pct", "%", Quantity::ratio, true},
    {"percent", "%", Quantity::ratio, true},
    {"%rh", "%RH", Quantity::ratio, true},
    {"ppm", "ppm", Quantity::ratio, true},
    {"l/min", "L/min", Quantity::flow, false},
    {"lpm", "L/min", Quantity::flow, true},
    {"m3/h", "m³/h", Quantity::flow, false},
    {"deg", "°", Quantity::angle, true},
    {"°", "°", Quantity::angle, true},
    {"rad", "rad", Quantity::angle, true},
    {"nm/rad", "N·m/rad", Quantity::torque, false},
    {"n·m", "N·m", Quantity::torque, false},
    {"n.m", "N·m", Quantity::torque, false},
    {"kgf·m", "kgf·m", Quantity::torque, false},
    {"m/s2", "m/s²", Quantity::vibration, false},
    {"m/s²", "m/s²", Quantity::vibration, false},
};

struct NameWord {
    std::string_view word;
    Quantity quantity;
};
constexpr NameWord name_words[] = {
    {"온도", Quantity::temperature}, {"temp", Quantity::temperature},
    {"압력", Quantity::pressure},    {"press", Quantity::pressure},
    {"전류", Quantity::current},     {"current", Quantity::current},
    {"전압", Quantity::voltage},     {"volt", Quantity::voltage},
    {"전력", Quantity::power},       {"power", Quantity::power},
    {"진동", Quantity::vibration},   {"vibration", Quantity::vibration},
    {"회전", Quantity::rotation},    {"rpm", Quantity::rotation},
    {"무게", Quantity::mass},        {"중량", Quantity::mass},
    {"weight", Quantity::mass},      {"길이", Quantity::length},
    {"length", Quantity::length},    {"두께", Quantity::length},
    {"thickness", Quantity::length}, {"위치", Quantity::length},
    {"position", Quantity::length},  {"유량", Quantity::flow},
    {"습도", Quantity::ratio},       {"humidity", Quantity::ratio},
    {"토크", Quantity::torque},      {"torque", Quantity::torque},
    {"하중", Quantity::force},       {"force", Quantity::force},
};

const KnownUnit* find_unit(std::string_view folded) {
    for (const KnownUnit& unit : known_units)
        if (unit.folded == folded) return &unit;
    return nullptr;
}

std::string_view without_spaces(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// The part in brackets at the end, else nothing.
std::optional<std::string_view> bracketed(std::string_view name) {
    name = without_spaces(name);
    if (name.size() < 3) return std::nullopt;
    const char open = name.back() == ')' ? '(' : name.back() == ']' ? '[' : '\0';
    if (open == '\0') return std::nullopt;
    const std::size_t from = name.rfind(open);
    if (from == std::string_view::npos) return std::nullopt;
    const std::string_view inside = without_spaces(name.substr(from + 1, name.size() - from - 2));
    if (inside.empty()) return std::nullopt;
    return inside;
}

bool has_any_word(std::string_view name, std::initializer_list<std::string_view> words) {
    const std::string folded = fold_case(name);
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return folded.find(word) != std::string::npos;
    });
}

// One of the words that the name is made of, split at signs: "time" in "time_ms", not in "runtime".
bool is_part(std::string_view name, std::initializer_list<std::string_view> words) {
    const std::string folded = fold_case(name);
    std::size_t from = 0;
    while (from <= folded.size()) {
        std::size_t to = folded.find_first_of(" _-.()[]/", from);
        if (to == std::string::npos) to = folded.size();
        const std::string_view part = std::string_view(folded).substr(from, to - from);
        if (std::find(words.begin(), words.end(), part) != words.end()) return true;
        from = to + 1;
    }
    return false;
}

}  // namespace

std::string fold_case(std::string_view ascii) {
    std::string out(ascii);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

Unit unit_of_header(std::string_view name) {
    if (const auto inside = bracketed(name)) {
        if (const KnownUnit* unit = find_unit(fold_case(*inside)))
            return {std::string(unit->text), unit->quantity};
        // An unknown unit is taken as written when it is short and no sentence.
        if (inside->size() <= 12 && inside->find(' ') == std::string_view::npos &&
            inside->find_first_not_of("0123456789") != std::string_view::npos)
            return {std::string(*inside), Quantity::none};
        return {};
    }
    const std::string folded = fold_case(name);
    const KnownUnit* best = nullptr;
    for (const KnownUnit& unit : known_units) {
        if (!unit.as_word || folded.size() <= unit.folded.size()) continue;
        if (!folded.ends_with(unit.folded)) continue;
        const char before = folded[folded.size() - unit.folded.size() - 1];
        if (before != '_' && before != ' ' && before != '-') continue;
        // One letter is a unit only beside a word of its quantity: temp_c, not axis_a.
        if (unit.folded.size() == 1 && quantity_of_name(name) != unit.quantity) continue;
        if (!best || unit.folded.size() > best->folded.size()) best = &unit;
    }
    if (!best) return {};
    return {std::string(best->text), best->quantity};
}

std::optional<Unit> unit_of_cell(std::string_view text) {
    text = without_spaces(text);
    if (const auto inside = bracketed(text); inside && inside->size() + 2 == text.size())
        text = *inside;
    const KnownUnit* unit = find_unit(fold_case(text));
    if (!unit) return std::nullopt;
    return Unit{std::string(unit->text), unit->quantity};
}

Quantity quantity_of_name(std::string_view name) {
    for (const NameWord& one : name_words)
        if (has_any_word(name, {one.word})) return one.quantity;
    return Quantity::none;
}

bool name_speaks_of_time(std::string_view name) {
    return is_part(name, {"time", "date", "datetime", "timestamp", "ts", "dt"}) ||
           has_any_word(name, {"일시", "시각", "날짜", "일자", "시간", "timestamp", "datetime"});
}

bool name_speaks_of_outcome(std::string_view name) {
    return is_part(name, {"label", "target", "class", "y", "result", "defect", "fault", "failure",
                          "quality", "pass", "fail", "ok", "ng"}) ||
           has_any_word(name, {"passorfail", "판정", "불량", "합격", "결과", "고장", "등급"});
}

std::vector<Conversion> conversions_of(Quantity quantity) {
    static constexpr Conversion temperature[] = {{"℃", "℉", 1.8, 32.0}, {"℃", "K", 1.0, 273.15}};
    static constexpr Conversion pressure[] = {{"bar", "psi", 14.503774, 0},
                                              {"bar", "kPa", 100.0, 0},
                                              {"MPa", "bar", 10.0, 0},
                                              {"MPa", "psi", 145.03774, 0}};
    static constexpr Conversion length[] = {
        {"inch", "mm", 25.4, 0}, {"mm", "µm", 1000.0, 0}, {"cm", "mm", 10.0, 0}};
    static constexpr Conversion thousand[] = {{"unit", "1/1000 unit", 1000.0, 0}};
    switch (quantity) {
        case Quantity::temperature:
            return {std::begin(temperature), std::end(temperature)};
        case Quantity::pressure:
            return {std::begin(pressure), std::end(pressure)};
        case Quantity::length:
            return {std::begin(length), std::end(length)};
        case Quantity::current:
        case Quantity::voltage:
        case Quantity::power:
        case Quantity::mass:
            return {std::begin(thousand), std::end(thousand)};
        default:
            return {};
    }
}

}  // namespace jangbu::client
