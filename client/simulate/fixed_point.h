// The arithmetic of the simulators: integers, so that every compiler and CPU gives the same file.
//
// Angles are u32, the full turn being 2^32, so that they wrap by themselves. Threads: pure
// functions, and a generator that belongs to its owner.
#pragma once

#include <string>

#include "base/integers.h"

namespace jangbu::client {

// splitmix64 (Steele, Lea, Flood 2014): small, and the same everywhere. Draw in statements of
// their own: the order within an expression is the compiler's choice.
class Generator {
public:
    explicit Generator(u64 seed) : state_(seed) {}
    u64 next() {
        u64 z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    i64 below(i64 bound) { return static_cast<i64>(next() % static_cast<u64>(bound)); }
    bool one_in(i64 n) { return below(n) == 0; }
    // Roughly normal with this standard deviation: the sum of twelve uniforms.
    i64 noise(i64 deviation) {
        i64 sum = 0;
        for (int i = 0; i < 12; ++i) sum += below(2 * deviation + 1) - deviation;
        return sum / 2;
    }

private:
    u64 state_;
};

inline constexpr u32 quarter_turn = 1u << 30;
inline constexpr u32 half_turn = 1u << 31;

// One millionth each, within 5 millionths of the true sine.
i64 sine_micro(u32 angle);
i64 cosine_micro(u32 angle);
// sin(2 pi phase / 65536) * 1000 by a parabola per half wave, within 6 %: for slow trends.
i64 sine_milli(i64 phase);
// The largest integer whose square is at most `value`, which is not negative.
i64 square_root(i64 value);

// Fixed point with `kept` decimals to text with `shown` of them; the rest is cut off.
void append_fixed(std::string& out, i64 value, int kept, int shown);
// 2026-01-01T00:00:00.000000Z from us since the epoch, with 3 or 6 decimals.
void append_time(std::string& out, u64 us, int decimals);

}  // namespace jangbu::client
