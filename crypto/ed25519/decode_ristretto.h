// Points from their ristretto255 encoding, RFC 9496 section 4.3.1, as representatives on the
// Edwards curve.
//
// The caller has seen to it that s is canonical and even. Two points are equal as ristretto255 iff
// their difference is of order 1, 2 or 4; all representatives are twice some point, so a sum of
// them stands for the identity iff it is of small order. Templates over the lane type, N groups at
// once.
#pragma once

#include "crypto/ed25519/decompress.h"

namespace jangbu::crypto::ed25519 {

// 1 / sqrt(v u2^2) is what decoding needs a root for.
template <class F>
struct RistrettoProblem {
    F s, u1, u2, v, w, w3;

    // A candidate root of 1 / w is w^3 (w^7)^((p - 5) / 8), right up to a factor sqrt(-1).
    F radicand() const { return square(w3) * w; }

    Decompressed<F> solve(const F& power) const {
        const F one = constant<F>(one_limbs);
        const F root_of_minus_one = constant<F>(sqrt_minus_one_limbs);
        const F candidate = w3 * power;
        const auto check = product(w, square(candidate));
        const auto is_root = is_zero(carry(check - columns(one)));
        const auto is_minus = is_zero(carry(check + columns(one)));
        const auto is_minus_i = is_zero(carry(check + columns(root_of_minus_one)));
        const F root = select(is_minus | is_minus_i, candidate * root_of_minus_one, candidate);
        const F den_x = root * u2;
        const F den_y = root * den_x * v;
        const F twice_s = carry(columns(s) + columns(s));
        const F x = twice_s * den_x;
        const F positive_x = negated_if(is_odd(x), x);
        const F y = u1 * den_y;
        const auto is_bad = is_odd(F(y * positive_x)) | is_zero(y);
        return {positive_x, y, (is_root | is_minus) & ~is_bad};
    }
};

template <class F>
RistrettoProblem<F> ristretto_problem(const F& s) {
    const F one = constant<F>(one_limbs);
    const F ss = square(s);
    const F u1 = carry(columns(one) - columns(ss));
    const F u2 = carry(columns(one) + columns(ss));
    const F u2_squared = square(u2);
    const auto negative_v =
        product(F(square(u1)), constant<F>(curve_d_limbs)) + columns(u2_squared);
    const F v = carry(columns(constant<F>(zero_limbs)) - columns(F(carry(negative_v))));
    const F w = v * u2_squared;
    return {s, u1, u2, v, w, square(w) * w};
}

template <class F, std::size_t N>
void decode_ristretto(const typename F::Word (&words)[N][4], Decompressed<F> (&out)[N]) {
    RistrettoProblem<F> problems[N];
    Group<F, N> radicands;
    for (std::size_t g = 0; g < N; ++g) {
        problems[g] = ristretto_problem(from_words<F>(words[g]));
        radicands.v[g] = problems[g].radicand();
    }
    const Group<F, N> powers = power_p58(radicands);
    for (std::size_t g = 0; g < N; ++g) out[g] = problems[g].solve(powers.v[g]);
}

}  // namespace jangbu::crypto::ed25519
