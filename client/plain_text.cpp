#include "client/plain_text.h"

#include <charconv>
#include <chrono>

namespace jangbu::client {
namespace {

constexpr u64 second_ms = 1'000;
constexpr u64 minute_ms = 60 * second_ms;
constexpr u64 hour_ms = 60 * minute_ms;
constexpr u64 day_ms = 24 * hour_ms;
constexpr u64 days_max = 400 * 365;

std::string padded(u64 value, std::size_t digits) {
    std::string text = std::to_string(value);
    if (text.size() < digits) text.insert(std::size_t{0}, digits - text.size(), '0');
    return text;
}

// The whole text as a number of decimal digits.
std::optional<u64> read_digits(std::string_view text) {
    u64 value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::unexpected<Error> not_a(const char* what, std::string_view text) {
    return fail(ErrorCode::usage, "\"" + std::string(text) + "\" is not " + what);
}

// HH:MM:SS with an optional Z.
std::optional<u64> read_time_of_day(std::string_view text) {
    if (text.ends_with('Z')) text.remove_suffix(1);
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto hour = read_digits(text.substr(0, 2));
    const auto minute = read_digits(text.substr(3, 2));
    const auto second = read_digits(text.substr(6, 2));
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    return *hour * hour_ms + *minute * minute_ms + *second * second_ms;
}

std::optional<u64> read_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = read_digits(text.substr(0, 4));
    const auto month = read_digits(text.substr(5, 2));
    const auto day = read_digits(text.substr(8, 2));
    if (!year || !month || !day || *year < 1970) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    return static_cast<u64>(days) * day_ms;
}

}  // namespace

std::string iso_time(u64 ms) {
    if (ms / day_ms > days_max) return "after year 2369";
    const std::chrono::sys_days days{std::chrono::days(static_cast<int>(ms / day_ms))};
    const std::chrono::year_month_day date{days};
    const u64 rest = ms % day_ms;
    return padded(static_cast<u64>(static_cast<int>(date.year())), 4) + "-" +
           padded(static_cast<unsigned>(date.month()), 2) + "-" +
           padded(static_cast<unsigned>(date.day()), 2) + "T" + padded(rest / hour_ms, 2) + ":" +
           padded(rest % hour_ms / minute_ms, 2) + ":" + padded(rest % minute_ms / second_ms, 2) +
           "Z";
}

std::string printable(std::string_view text) {
    std::string out(text.substr(0, 60));
    for (char& c : out)
        if (static_cast<u8>(c) < 0x20 || c == 0x7f) c = '?';
    return out;
}

std::string won_text(u64 amount) {
    std::string digits = std::to_string(amount);
    // A character, not a string: g++ 12 warns of an overlap that cannot be.
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
    return digits + " won";
}

std::string bytes_text(u64 bytes) {
    static constexpr const char* units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) return std::to_string(bytes) + " B";
    std::size_t unit = 0;
    u64 tenths = bytes * 10 / 1024;
    for (; tenths >= 10'240 && unit + 1 < std::size(units); ++unit) tenths /= 1024;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " + units[unit];
}

std::string duration_text(u64 ms) {
    if (ms >= day_ms) {
        const u64 hours = ms % day_ms / hour_ms;
        return std::to_string(ms / day_ms) + " d" +
               (hours > 0 ? " " + std::to_string(hours) + " h" : "");
    }
    if (ms >= hour_ms) {
        const u64 minutes = ms % hour_ms / minute_ms;
        return std::to_string(ms / hour_ms) + " h" +
               (minutes > 0 ? " " + std::to_string(minutes) + " min" : "");
    }
    if (ms >= minute_ms) return std::to_string(ms / minute_ms) + " min";
    return std::to_string(ms / second_ms) + " s";
}

Result<u64> read_amount(std::string_view text) {
    std::string digits;
    // A comma stands before each group of three digits, or nowhere.
    const bool grouped = text.find(',') != std::string_view::npos;
    if (grouped && text.size() % 4 == 0) return not_a("an amount in won", text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool at_group = i > 0 && (text.size() - i) % 4 == 0;
        if (grouped && at_group != (text[i] == ',')) return not_a("an amount in won", text);
        if (text[i] != ',') digits.push_back(text[i]);
    }
    const std::optional<u64> amount = read_digits(digits);
    if (!amount) return not_a("an amount in won", text);
    return *amount;
}

Result<u64> read_duration(std::string_view text) {
    struct DurationUnit {
        std::string_view name;
        u64 ms;
    };
    static constexpr DurationUnit units[] = {
        {"min", minute_ms}, {"d", day_ms}, {"h", hour_ms}, {"s", second_ms}};
    for (const DurationUnit& unit : units) {
        if (!text.ends_with(unit.name)) continue;
        const auto count = read_digits(text.substr(0, text.size() - unit.name.size()));
        if (!count || *count > days_max * day_ms / unit.ms) break;
        return *count * unit.ms;
    }
    return not_a("a duration such as 30d, 12h, 10min, 5s", text);
}

Result<u64> read_time(std::string_view text, u64 now_ms) {
    if (text.starts_with('+')) return now_ms + TRY(read_duration(text.substr(1)));
    const std::optional<u64> date = read_date(text.substr(0, 10));
    if (date && text.size() == 10) return *date;
    if (date && text.size() > 11 && text[10] == 'T')
        if (const auto time = read_time_of_day(text.substr(11))) return *date + *time;
    return not_a("a date such as 2026-12-31, 2026-12-31T18:00:00Z or +30d", text);
}

}  // namespace jangbu::client
