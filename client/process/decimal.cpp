#include "client/process/decimal.h"

#include <array>

namespace jangbu::client {
namespace {

constexpr i64 digits_limit = 1'000'000'000'000'000'000;

struct UnitPair {
    std::string_view from;
    std::string_view to;
    Linear linear;
};
// Exact by definition, but for psi, which has no end in decimals and is taken to nine digits.
constexpr std::array<UnitPair, 19> pairs{{
    {"℉", "℃", {{-32, 0}, 5, 9, {}}},
    {"K", "℃", {{-27'315, 2}, 1, 1, {}}},
    {"MPa", "bar", {{}, 10, 1, {}}},
    {"kPa", "bar", {{}, 1, 100, {}}},
    {"kgf/cm²", "bar", {{}, 980'665, 1'000'000, {}}},
    {"psi", "bar", {{}, 689'475'729, 10'000'000'000, {}}},
    {"tonf", "kN", {{}, 980'665, 100'000, {}}},
    {"kgf", "N", {{}, 980'665, 100'000, {}}},
    {"kN", "N", {{}, 1'000, 1, {}}},
    {"g", "m/s²", {{}, 980'665, 100'000, {}}},
    {"inch", "mm", {{}, 254, 10, {}}},
    {"m", "mm", {{}, 1'000, 1, {}}},
    {"µm", "mm", {{}, 1, 1'000, {}}},
    {"m/min", "mm/s", {{}, 1'000, 60, {}}},
    {"mm/min", "mm/s", {{}, 1, 60, {}}},
    {"kW", "W", {{}, 1'000, 1, {}}},
    {"A", "mA", {{}, 1'000, 1, {}}},
    {"V", "mV", {{}, 1'000, 1, {}}},
    {"s", "ms", {{}, 1'000, 1, {}}},
}};

Decimal negative(const Decimal& value) {
    return {-value.digits, value.places};
}

}  // namespace

std::optional<Decimal> read_decimal(std::string_view text, char decimal_sign) {
    Decimal out;
    bool minus = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        minus = text.front() == '-';
        text.remove_prefix(1);
    }
    bool any = false;
    bool behind = false;
    for (const char c : text) {
        if (c == decimal_sign && !behind) {
            behind = true;
            continue;
        }
        if (c < '0' || c > '9' || out.digits >= digits_limit / 10) return std::nullopt;
        out.digits = out.digits * 10 + (c - '0');
        out.places += behind ? 1 : 0;
        any = true;
    }
    if (!any || out.places > decimal_places_max) return std::nullopt;
    if (minus) out.digits = -out.digits;
    return out;
}

std::string decimal_text(const Decimal& value) {
    const bool minus = value.digits < 0;
    std::string digits = std::to_string(minus ? -value.digits : value.digits);
    const auto places = static_cast<std::size_t>(value.places);
    std::string out = minus ? "-" : "";
    if (places == 0) return out + digits;
    if (digits.size() <= places) digits = std::string(places + 1 - digits.size(), '0') + digits;
    out.append(digits, 0, digits.size() - places);
    out.push_back('.');
    return out.append(digits, digits.size() - places, places);
}

i128 divide_rounded(i128 dividend, i128 divisor) {
    const bool minus = dividend < 0;
    const i128 size = minus ? -dividend : dividend;
    i128 quotient = size / divisor;
    const i128 rest = size % divisor;
    if (rest > divisor - rest || (rest == divisor - rest && quotient % 2 == 1)) ++quotient;
    return minus ? -quotient : quotient;
}

i128 power_of_ten(int exponent) {
    i128 out = 1;
    for (; exponent > 0; --exponent) out *= 10;
    return out;
}

i128 scaled(const Decimal& value, int places) {
    if (places >= value.places) return value.digits * power_of_ten(places - value.places);
    return divide_rounded(value.digits, power_of_ten(value.places - places));
}

std::optional<Decimal> decimal_of(i128 digits, int places) {
    if (digits >= digits_limit || digits <= -digits_limit) return std::nullopt;
    return Decimal{static_cast<i64>(digits), places};
}

int compare(const Decimal& a, const Decimal& b) {
    const i128 left = scaled(a, decimal_places_max);
    const i128 right = scaled(b, decimal_places_max);
    return left < right ? -1 : left > right ? 1 : 0;
}

std::optional<Decimal> apply(const Linear& to, const Decimal& value, int places) {
    // Nine places hold every operand; 10^27 times a factor of at most 10^10 fits 128 bits.
    const i128 sum = scaled(value, decimal_places_max) + scaled(to.before, decimal_places_max);
    const i128 product = sum * to.numerator + scaled(to.after, decimal_places_max) * to.denominator;
    const i128 divisor = i128{to.denominator} * power_of_ten(decimal_places_max - places);
    return decimal_of(divide_rounded(product, divisor), places);
}

std::optional<Linear> conversion(std::string_view from, std::string_view to) {
    for (const UnitPair& pair : pairs) {
        const Linear& way = pair.linear;
        if (pair.from == from && pair.to == to) return way;
        if (pair.from == to && pair.to == from)
            return Linear{negative(way.after), way.denominator, way.numerator,
                          negative(way.before)};
    }
    return std::nullopt;
}

}  // namespace jangbu::client
