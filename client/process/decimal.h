// Decimal numbers as a table holds them, computed exactly and rounded half to even where a result
// has more places than asked for. No binary floating point, so every machine writes the same text.
//
// Threads: pure functions. What does not fit 18 digits is no Decimal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/integers.h"

namespace jangbu::client {

__extension__ typedef __int128 i128;  // NOLINT: products of 18 digits

inline constexpr int decimal_places_max = 9;

// digits / 10^places
struct Decimal {
    i64 digits = 0;
    int places = 0;
    bool operator==(const Decimal&) const = default;
};

// Sign, digits, at most nine of them behind the decimal sign. No exponent, no grouping.
std::optional<Decimal> read_decimal(std::string_view text, char decimal_sign);
std::string decimal_text(const Decimal& value);

// Half to even; the divisor is positive.
i128 divide_rounded(i128 dividend, i128 divisor);
i128 power_of_ten(int exponent);
// With this many places; exact when places is not below the value's.
i128 scaled(const Decimal& value, int places);
std::optional<Decimal> decimal_of(i128 digits, int places);
// a < b and so on, exactly.
int compare(const Decimal& a, const Decimal& b);

// y = (x + before) numerator / denominator + after
struct Linear {
    Decimal before;
    i64 numerator = 1;
    i64 denominator = 1;
    Decimal after;
};
std::optional<Decimal> apply(const Linear& to, const Decimal& value, int places);
// Between two units of one quantity, by the names in docs/process.md; nothing if there is no way.
std::optional<Linear> conversion(std::string_view from, std::string_view to);

}  // namespace jangbu::client
