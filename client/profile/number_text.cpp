#include "client/profile/number_text.h"

#include <charconv>
#include <chrono>
#include <cstdio>

#include "client/profile/cell.h"

namespace jangbu::client {
namespace {

std::string two(i64 value) {
    std::string out = std::to_string(value);
    return out.size() < 2 ? "0" + out : out;
}

// Without trailing zeros.
std::string fraction_text(i64 ns) {
    if (ns == 0) return {};
    std::string digits = std::to_string(ns);
    digits = std::string(9 - digits.size(), '0') + digits;
    while (digits.back() == '0') digits.pop_back();
    return "." + digits;
}

}  // namespace

std::string number_text(double value) {
    char out[32];
    const auto end = std::to_chars(out, out + sizeof out, value, std::chars_format::general, 6).ptr;
    return std::string(out, end);
}

std::string exact_number_text(double value) {
    char out[40];
    const auto end = std::to_chars(out, out + sizeof out, value).ptr;
    return std::string(out, end);
}

std::string grouped(u64 value) {
    std::string digits = std::to_string(value);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

std::string percent_text(u64 part, u64 whole) {
    if (whole == 0 || part == 0) return "0 %";
    const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    if (part > 0 && share < 0.01) return "< 0.01 %";
    if (part < whole && share > 99.99) return "> 99.99 %";
    char out[32];
    const auto end =
        std::to_chars(out, out + sizeof out, share, std::chars_format::fixed, share < 1 ? 2 : 1)
            .ptr;
    return std::string(out, end) + " %";
}

std::string duration_ns_text(i64 ns) {
    struct Scale {
        i64 ns;
        const char* name;
    };
    static constexpr Scale scales[] = {
        {day_ns, " d"},    {3600 * second_ns, " h"}, {60 * second_ns, " min"},
        {second_ns, " s"}, {1'000'000, " ms"},       {1'000, " µs"},
        {1, " ns"}};
    for (const Scale& scale : scales)
        if (ns >= scale.ns * (scale.ns >= 60 * second_ns ? 2 : 1))
            return number_text(static_cast<double>(ns) / static_cast<double>(scale.ns)) +
                   scale.name;
    return std::to_string(ns) + " ns";
}

std::string time_ns_text(i64 ns) {
    const i64 days = ns >= 0 ? ns / day_ns : -((-ns + day_ns - 1) / day_ns);
    const i64 rest = ns - days * day_ns;
    const std::string clock = two(rest / (3600 * second_ns)) + ":" +
                              two(rest / (60 * second_ns) % 60) + ":" + two(rest / second_ns % 60) +
                              fraction_text(rest % second_ns);
    if (days == 0) return clock;
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days(static_cast<int>(days))}};
    return std::to_string(static_cast<int>(date.year())) + "-" +
           two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) +
           (rest == 0 ? "" : " " + clock);
}

}  // namespace jangbu::client
