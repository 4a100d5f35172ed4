#include <chrono>

#include "client/profile/cell.h"

namespace jangbu::client {
namespace {

// Times outside are typing faults or placeholders (9999-12-31) more often than measurements. The
// difference of any two within has room in 64 bits of ns.
constexpr int year_min = 1950;
constexpr int year_max = 2199;

// Reads from the left; every take either moves on or leaves the place.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}
    bool done() const { return at_ == text_.size(); }
    char peek() const { return done() ? '\0' : text_[at_]; }
    bool take(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    bool take(char c) {
        if (peek() != c || done()) return false;
        ++at_;
        return true;
    }
    void skip_spaces() {
        while (peek() == ' ') ++at_;
    }
    // A number of at least `least` and at most `most` digits.
    std::optional<int> number(int least, int most) {
        int value = 0;
        int count = 0;
        while (count < most && is_digit(peek())) {
            value = value * 10 + (text_[at_] - '0');
            ++at_;
            ++count;
        }
        if (count < least) return std::nullopt;
        return value;
    }
    // The digits after a point, as ns; those below a ns are dropped.
    std::optional<i64> fraction() {
        i64 value = 0;
        int count = 0;
        for (; is_digit(peek()); ++at_, ++count)
            if (count < 9) value = value * 10 + (text_[at_] - '0');
        if (count == 0) return std::nullopt;
        for (; count < 9; ++count) value *= 10;
        return value;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

std::optional<i64> day_of(int year, int month, int day) {
    if (year < year_min || year > year_max || month < 1 || month > 12 || day < 1)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count() * day_ns;
}

// 0 none, 1 before noon, 2 after.
int take_half(Cursor& cursor) {
    cursor.skip_spaces();
    if (cursor.take("오전") || cursor.take("AM") || cursor.take("am")) return 1;
    if (cursor.take("오후") || cursor.take("PM") || cursor.take("pm")) return 2;
    return 0;
}

std::optional<i64> take_zone(Cursor& cursor) {
    if (cursor.take('Z') || cursor.take('z')) return 0;
    if (cursor.take(" UTC")) return 0;
    if (cursor.take(" KST")) return 9 * 3600 * second_ns;
    const bool east = cursor.peek() == '+';
    if (!east && cursor.peek() != '-') return 0;
    cursor.take(cursor.peek());
    const auto hour = cursor.number(2, 2);
    cursor.take(':');
    const int minute = is_digit(cursor.peek()) ? cursor.number(2, 2).value_or(99) : 0;
    if (!hour || *hour > 14 || minute > 59) return std::nullopt;
    const i64 offset = (*hour * 60 + minute) * 60 * second_ns;
    return east ? offset : -offset;
}

// Hour, minute and what follows, up to the end of the text.
std::optional<i64> take_clock(Cursor& cursor) {
    int half = take_half(cursor);
    cursor.skip_spaces();
    const auto hour = cursor.number(1, 2);
    if (!hour) return std::nullopt;
    const bool korean = cursor.take("시");
    if (!korean && !cursor.take(':')) return std::nullopt;
    if (korean) cursor.skip_spaces();
    int minute = 0;
    int second = 0;
    i64 fraction = 0;
    if (!korean || !cursor.done()) {
        const auto minutes = cursor.number(1, 2);
        if (!minutes) return std::nullopt;
        minute = *minutes;
        const bool more =
            korean ? cursor.take("분") && (cursor.skip_spaces(), !cursor.done()) : cursor.take(':');
        if (more) {
            const auto seconds = cursor.number(1, 2);
            if (!seconds) return std::nullopt;
            second = *seconds;
            if (cursor.take('.') || cursor.take(',')) {
                const auto digits = cursor.fraction();
                if (!digits) return std::nullopt;
                fraction = *digits;
            }
            if (korean) cursor.take("초");
        }
    }
    if (half == 0) half = take_half(cursor);
    const auto zone = take_zone(cursor);
    if (!zone || !cursor.done()) return std::nullopt;
    int h = *hour;
    if (half != 0) {
        if (h < 1 || h > 12) return std::nullopt;
        h = h % 12 + (half == 2 ? 12 : 0);
    }
    // 60 is a leap second.
    if (h > 23 || minute > 59 || second > 60) return std::nullopt;
    return ((h * 60 + minute) * 60 + second) * second_ns + fraction - *zone;
}

std::optional<TimeOfText> with_clock(Cursor& cursor, i64 day, TimeForm form) {
    const bool t = cursor.take('T') || cursor.take('t');
    if (!t) cursor.skip_spaces();
    if (cursor.done()) {
        if (t) return std::nullopt;
        return TimeOfText{day, form == TimeForm::iso ? TimeForm::date : form};
    }
    const auto clock = take_clock(cursor);
    if (!clock) return std::nullopt;
    return TimeOfText{day + *clock, form};
}

// 2026-01-05, 2026/1/5, 2026.01.05, "2026. 1. 5.", 2026년 1월 5일
std::optional<TimeOfText> year_first(std::string_view text) {
    Cursor cursor(text);
    const auto year = cursor.number(4, 4);
    if (!year) return std::nullopt;
    const char sign = cursor.peek();
    const bool korean = cursor.take("년");
    if (!korean && sign != '-' && sign != '/' && sign != '.') return std::nullopt;
    if (!korean) cursor.take(sign);
    cursor.skip_spaces();
    const auto month = cursor.number(1, 2);
    if (!month || !(korean ? cursor.take("월") : cursor.take(sign))) return std::nullopt;
    cursor.skip_spaces();
    const auto day = cursor.number(1, 2);
    if (!day || (korean && !cursor.take("일"))) return std::nullopt;
    if (sign == '.') cursor.take('.');
    const auto date = day_of(*year, *month, *day);
    if (!date) return std::nullopt;
    return with_clock(cursor, *date, korean ? TimeForm::korean : TimeForm::iso);
}

// 1/5/2026 14:05 as spreadsheets of the United States write it.
std::optional<TimeOfText> month_first(std::string_view text) {
    Cursor cursor(text);
    const auto month = cursor.number(1, 2);
    if (!month || !cursor.take('/')) return std::nullopt;
    const auto day = cursor.number(1, 2);
    if (!day || !cursor.take('/')) return std::nullopt;
    const auto year = cursor.number(4, 4);
    if (!year) return std::nullopt;
    const auto date = day_of(*year, *month, *day);
    if (!date) return std::nullopt;
    return with_clock(cursor, *date, TimeForm::us);
}

// 20260105, 20260105140507, 20260105T140507
std::optional<TimeOfText> compact(std::string_view text, bool expects_time) {
    Cursor cursor(text);
    const auto year = cursor.number(4, 4);
    const auto month = cursor.number(2, 2);
    const auto day = cursor.number(2, 2);
    if (!year || !month || !day) return std::nullopt;
    const auto date = day_of(*year, *month, *day);
    if (!date) return std::nullopt;
    if (cursor.done()) {
        if (!expects_time) return std::nullopt;
        return TimeOfText{*date, TimeForm::compact};
    }
    if (!cursor.take('T')) cursor.take(' ');
    const auto hour = cursor.number(2, 2);
    const auto minute = cursor.number(2, 2);
    const auto second = cursor.number(2, 2);
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    i64 fraction = 0;
    if (cursor.take('.')) {
        const auto digits = cursor.fraction();
        if (!digits) return std::nullopt;
        fraction = *digits;
    }
    const auto zone = take_zone(cursor);
    if (!zone || !cursor.done()) return std::nullopt;
    return TimeOfText{
        *date + ((*hour * 60 + *minute) * 60 + *second) * second_ns + fraction - *zone,
        TimeForm::compact};
}

// Seconds or milliseconds since 1970, of the years 2001 to 2065.
std::optional<TimeOfText> epoch(std::string_view text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    const std::string_view whole = text.substr(0, digits);
    if (whole.size() != 10 && whole.size() != 13) return std::nullopt;
    i64 value = 0;
    for (const char c : whole) value = value * 10 + (c - '0');
    i64 fraction = 0;
    if (digits != std::string_view::npos) {
        Cursor cursor(text.substr(digits));
        if (!cursor.take('.')) return std::nullopt;
        const auto part = cursor.fraction();
        if (!part || !cursor.done()) return std::nullopt;
        fraction = *part;
    }
    const bool ms = whole.size() == 13;
    const i64 unit = ms ? 1'000'000 : second_ns;
    if (value > (ms ? 3'000'000'000'000 : 3'000'000'000)) return std::nullopt;
    return TimeOfText{value * unit + (ms ? fraction / 1'000 : fraction),
                      ms ? TimeForm::epoch_ms : TimeForm::epoch_s};
}

}  // namespace

std::optional<TimeOfText> read_time_text(std::string_view text, bool expects_time) {
    if (text.size() < 3 || text.size() > 48) return std::nullopt;
    if (text.size() > 4 && is_digit(text[0]) && is_digit(text[1]) && is_digit(text[2]) &&
        is_digit(text[3])) {
        if (!is_digit(text[4])) return year_first(text);
        if (expects_time)
            if (const auto time = epoch(text)) return time;
        // 14 digits that make a date are hardly anything else.
        if (expects_time || text.size() >= 14) return compact(text, expects_time);
        return std::nullopt;
    }
    if (text.size() > 2 && (text[1] == '/' || text[2] == '/')) return month_first(text);
    Cursor cursor(text);
    if (const auto clock = take_clock(cursor)) return TimeOfText{*clock, TimeForm::clock};
    return std::nullopt;
}

}  // namespace jangbu::client
