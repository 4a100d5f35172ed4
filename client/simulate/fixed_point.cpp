#include "client/simulate/fixed_point.h"

#include <algorithm>

namespace jangbu::client {
namespace {

constexpr i64 one = 1 << 30;

// sin(pi/2 z) for 0 <= z <= one: Taylor's series to the ninth power, its coefficients times 2^30.
i64 quarter_sine(i64 z) {
    const i64 square = z * z / one;
    i64 sum = 172'272;
    for (const i64 coefficient :
         {i64{5'026'995}, i64{85'569'306}, i64{693'598'668}, i64{1'686'629'713}})
        sum = coefficient - sum * square / one;
    return sum * z / one;
}

void append_padded(std::string& out, u64 value, std::size_t width, char end) {
    const std::string text = std::to_string(value);
    out.append(width - std::min(width, text.size()), '0');
    out += text;
    out.push_back(end);
}

}  // namespace

i64 sine_micro(u32 angle) {
    const u32 in_half = angle & (half_turn - 1);
    const i64 z = in_half <= quarter_turn ? in_half : half_turn - in_half;
    const i64 value = quarter_sine(z) * 1'000'000 / one;
    return angle < half_turn ? value : -value;
}

i64 cosine_micro(u32 angle) {
    return sine_micro(angle + quarter_turn);
}

i64 sine_milli(i64 phase) {
    const i64 p = phase & 65535;
    const i64 half = p & 32767;
    const i64 value = 4 * half * (32768 - half) / 1'073'742;  // 0 to 1000
    return p < 32768 ? value : -value;
}

i64 square_root(i64 value) {
    u64 rest = static_cast<u64>(value);
    u64 root = 0;
    for (u64 bit = u64{1} << 62; bit != 0; bit >>= 2) {
        if (rest >= root + bit) {
            rest -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return static_cast<i64>(root);
}

void append_fixed(std::string& out, i64 value, int kept, int shown) {
    for (; kept > shown; --kept) value /= 10;
    if (value < 0) {
        out.push_back('-');
        value = -value;
    }
    i64 scale = 1;
    for (int i = 0; i < shown; ++i) scale *= 10;
    out += std::to_string(value / scale);
    if (shown == 0) return;
    out.push_back('.');
    const std::string fraction = std::to_string(value % scale);
    out.append(static_cast<std::size_t>(shown) - fraction.size(), '0');
    out += fraction;
}

// Days to civil date: Hinnant's algorithm.
void append_time(std::string& out, u64 us, int decimals) {
    const u64 ms = us / 1'000;
    const u64 z = ms / 86'400'000 + 719'468;
    const u64 era = z / 146'097;
    const u64 doe = z % 146'097;
    const u64 yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
    const u64 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const u64 mp = (5 * doy + 2) / 153;
    const u64 month = mp < 10 ? mp + 3 : mp - 9;
    append_padded(out, yoe + era * 400 + (month <= 2 ? 1 : 0), 4, '-');
    append_padded(out, month, 2, '-');
    append_padded(out, doy - (153 * mp + 2) / 5 + 1, 2, 'T');
    append_padded(out, ms / 3'600'000 % 24, 2, ':');
    append_padded(out, ms / 60'000 % 60, 2, ':');
    append_padded(out, ms / 1'000 % 60, 2, '.');
    if (decimals == 6)
        append_padded(out, us % 1'000'000, 6, 'Z');
    else
        append_padded(out, ms % 1'000, 3, 'Z');
}

}  // namespace jangbu::client
