#include "client/profile/cell.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace jangbu::client {
namespace {

using namespace std::string_view_literals;

constexpr std::array missing_words = {
    ""sv,      "-"sv,    "--"sv,   "?"sv,      "."sv,        "NA"sv,        "N/A"sv,
    "n/a"sv,   "NaN"sv,  "nan"sv,  "NAN"sv,    "null"sv,     "NULL"sv,      "Null"sv,
    "None"sv,  "none"sv, "nil"sv,  "#N/A"sv,   "#VALUE!"sv,  "#DIV/0!"sv,   "#REF!"sv,
    "inf"sv,   "-inf"sv, "Inf"sv,  "-Inf"sv,   "Infinity"sv, "-Infinity"sv, "1.#INF"sv,
    "#NUM!"sv, "결측"sv, "없음"sv, "미측정"sv, "BAD"sv,      "Bad"sv,       "No Data"sv,
};

struct Truth {
    std::string_view word;
    bool value;
};
constexpr std::array truths = {
    Truth{"true", true}, Truth{"false", false}, Truth{"True", true}, Truth{"False", false},
    Truth{"TRUE", true}, Truth{"FALSE", false}, Truth{"Y", true},    Truth{"N", false},
    Truth{"yes", true},  Truth{"no", false},    Truth{"Yes", true},  Truth{"No", false},
    Truth{"YES", true},  Truth{"NO", false},    Truth{"ON", true},   Truth{"OFF", false},
    Truth{"on", true},   Truth{"off", false},   Truth{"On", true},   Truth{"Off", false},
    Truth{"참", true},   Truth{"거짓", false},  Truth{"예", true},   Truth{"아니오", false},
};

constexpr std::array powers_of_ten = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// Exactly rounded, as strtod is, without grouping.
std::optional<double> slow_number(std::string_view text, char decimal) {
    std::string plain;
    for (const char c : text) {
        if (c == decimal)
            plain.push_back('.');
        else if (c != ',' && c != '.')
            plain.push_back(c);
    }
    if (plain.starts_with('+')) plain.erase(0, 1);
    double value = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    // What overflows is as unusable as an infinity, what underflows is 0.
    if (end != plain.data() + plain.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        const std::size_t exponent = plain.find_first_of("eE");
        if (exponent != std::string::npos && plain.find('-', exponent) != std::string::npos)
            return 0.0;
        return std::nullopt;
    }
    if (error != std::errc()) return std::nullopt;
    return value;
}

// Most cells: up to 18 digits with one decimal point. Exact where 10^k and the digits are exact in
// a double (Clinger 1990).
bool read_number(std::string_view text, char decimal, Cell* out) {
    const char* at = text.data();
    const char* const end = at + text.size();
    const bool negative = *at == '-';
    if (*at == '-' || *at == '+') ++at;
    if (at == end || !(is_digit(*at) || *at == decimal)) return false;
    const char group = decimal == '.' ? ',' : '.';
    u64 digits = 0;
    int count = 0;  // significant digits
    int all = 0;
    int fraction = -1;  // digits after the point, -1 = none seen
    int since_group = -1;
    bool plain = true;
    for (; at < end; ++at) {
        if (is_digit(*at)) {
            digits = digits * 10 + static_cast<u64>(*at - '0');
            if (digits > 0) ++count;
            ++all;
            if (fraction >= 0) ++fraction;
            if (since_group >= 0) ++since_group;
            if (count > 18) {
                plain = false;
                digits = 1;
            }
        } else if (*at == decimal) {
            if (fraction >= 0 || (since_group >= 0 && since_group != 3)) return false;
            fraction = 0;
            since_group = -1;
        } else if (*at == group) {
            // Groups of three, the first of one to three digits.
            const bool first = since_group < 0;
            if (fraction >= 0 || (first ? all == 0 || all > 3 : since_group != 3)) return false;
            since_group = 0;
        } else {
            break;
        }
    }
    if (all == 0 || (since_group >= 0 && since_group != 3)) return false;
    bool real = fraction >= 0;
    if (at < end) {
        if (*at != 'e' && *at != 'E') return false;
        real = true;
        plain = false;
    }
    if (plain && digits < (1ull << 53) && fraction <= 22) {
        const double value = static_cast<double>(digits);
        out->number =
            fraction > 0 ? value / powers_of_ten[static_cast<std::size_t>(fraction)] : value;
        if (negative) out->number = -out->number;
    } else {
        const std::optional<double> value = slow_number(text, decimal);
        if (!value || !std::isfinite(*value)) return false;
        out->number = *value;
    }
    out->kind = real ? CellKind::real : CellKind::integer;
    return true;
}

bool starts_number(char c, char decimal) {
    return is_digit(c) || c == '-' || c == '+' || c == decimal;
}

bool read_word(std::string_view text, Cell* out) {
    if (text.size() > 12) return false;
    for (std::size_t i = 0; i < missing_words.size(); ++i)
        if (text == missing_words[i]) {
            out->kind = CellKind::missing;
            out->token = static_cast<u8>(i);
            return true;
        }
    for (const Truth& one : truths)
        if (text == one.word) {
            out->kind = CellKind::boolean;
            out->number = one.value ? 1 : 0;
            return true;
        }
    return false;
}

}  // namespace

Cell read_cell(std::string_view text, const CellRules& rules) {
    Cell cell;
    if (text.empty()) return cell;
    // 14 digits may be a date with its time in any column.
    if ((rules.expects_time || text.size() == 14) && is_digit(text.front())) {
        if (const auto time = read_time_text(text, rules.expects_time)) {
            cell.kind = CellKind::time;
            cell.time_ns = time->ns;
            return cell;
        }
    }
    if (starts_number(text.front(), rules.decimal)) {
        if (read_number(text, rules.decimal, &cell)) return cell;
        if (is_digit(text.front())) {
            if (const auto time = read_time_text(text, false)) {
                cell.kind = CellKind::time;
                cell.time_ns = time->ns;
                return cell;
            }
        }
    } else if (text.starts_with("오전") || text.starts_with("오후")) {
        if (const auto time = read_time_text(text, false)) {
            cell.kind = CellKind::time;
            cell.time_ns = time->ns;
            return cell;
        }
    }
    if (!read_word(text, &cell)) cell.kind = CellKind::text;
    return cell;
}

std::string_view missing_token(u8 token) {
    return missing_words[token];
}
std::size_t missing_tokens() {
    return missing_words.size();
}

}  // namespace jangbu::client
