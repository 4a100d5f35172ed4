// A cell of a table, read: number, time, truth value, missing, or text.
//
// Numbers are decimal, with an exponent if they like; thousands may be grouped. Infinities and the
// error words of spreadsheets count as missing. Times are in ns since 1970 as written: without a
// zone nothing is assumed. Threads: pure functions. Source: ISO 8601, and the forms that Korean
// loggers and spreadsheets write (2026년 1월 5일 오후 2:05:07, 2026. 1. 5.).
#pragma once

#include <optional>
#include <string_view>

#include "base/integers.h"

namespace jangbu::client {

inline bool is_digit(char c) {
    return static_cast<unsigned>(c - '0') < 10;
}

inline constexpr i64 second_ns = 1'000'000'000;
inline constexpr i64 day_ns = 86'400 * second_ns;

enum class CellKind : u8 { missing, integer, real, boolean, time, text };
inline constexpr std::size_t cell_kinds = 6;

struct Cell {
    CellKind kind = CellKind::missing;
    double number = 0;  // of an integer, a real, a truth value (0, 1)
    i64 time_ns = 0;
    u8 token = 0;  // which word said "missing"
};

struct CellRules {
    char decimal = '.';
    // The header speaks of a date or time: 20260105 and 1767571200 are times then.
    bool expects_time = false;
};

// `text` without spaces around it.
Cell read_cell(std::string_view text, const CellRules& rules);

// The words for missing, by token; 0 is the empty cell.
std::string_view missing_token(u8 token);
std::size_t missing_tokens();

enum class TimeForm : u8 { date, iso, korean, compact, clock, us, epoch_s, epoch_ms };
struct TimeOfText {
    i64 ns = 0;
    TimeForm form = TimeForm::iso;
};
std::optional<TimeOfText> read_time_text(std::string_view text, bool expects_time);

}  // namespace jangbu::client
