// From 32 bytes to a point: RFC 8032 section 5.1.3 relaxed by ZIP-215.
//
// y is the low 255 bits and may be the modulus or above; x = 0 with the sign bit set is x = 0.
// Nothing comes back iff no x belongs to y. Branch-free in the element, so that lanes can share it.
#pragma once

#include "crypto/ed25519/point.h"

namespace jangbu::crypto::ed25519 {

template <class F, class Mask>
struct Decompressed {
    Extended<F> point;
    Mask on_curve;
};

// y as read, and whether x is to be the odd root.
template <class F, class Mask>
Decompressed<F, Mask> decompress(const F& y, const Mask& sign) {
    // x^2 = u / v; a candidate root is u v^3 (u v^7)^((p - 5) / 8), right up to a factor sqrt(-1).
    const F yy = square(y);
    const F u = carry(yy - one);
    const F v = carry(yy * curve_d + one);
    const F v3 = square(v) * v;
    const F candidate = u * v3 * power_p58(F(u * square(v3) * v));
    const F check = v * square(candidate);
    const Mask is_root = is_zero(carry(check - u));
    const Mask is_twisted_root = is_zero(carry(check + u));
    const F root = select(is_root, candidate, candidate * sqrt_minus_one);
    const F x = select(is_odd(root) == sign, root, carry(zero - root));
    return {{x, y, one, x * y}, either(is_root, is_twisted_root)};
}

std::optional<Extended<Field>> decompress(const ByteArray<32>& bytes);

}  // namespace jangbu::crypto::ed25519
