// Points from their 32-byte encoding under ZIP-215: y is taken modulo p, and x = 0 with the sign
// bit set is accepted. Refused is only what has no x. RFC 8032 section 5.1.3.
//
// Templates over the lane type: N groups of lanes at once, because a square root is one long chain
// of dependent squarings.
#pragma once

#include "crypto/ed25519/point.h"

namespace jangbu::crypto::ed25519 {

template <class F>
struct Decompressed {
    F x, y;
    typename F::Word on_curve;
};

// What the square root of one encoding starts from: x^2 = u / v.
template <class F>
struct RootProblem {
    F y, u, v, v3;

    // A candidate root is u v^3 (u v^7)^((p - 5) / 8), right up to a factor sqrt(-1).
    F radicand() const { return u * (square(v3) * v); }
    Decompressed<F> solve(const F& power, const typename F::Word& wants_odd) const {
        const F candidate = u * v3 * power;
        const auto check = product(v, square(candidate));
        const auto is_root = is_zero(carry(check - columns(u)));
        const auto is_twisted_root = is_zero(carry(check + columns(u)));
        const F root = select(is_root, candidate, candidate * constant<F>(sqrt_minus_one_limbs));
        return {negated_if(is_odd(root) ^ wants_odd, root), y, is_root | is_twisted_root};
    }
};

template <class F>
RootProblem<F> root_problem(const F& y) {
    const F one = constant<F>(one_limbs);
    const F yy = square(y);
    const F u = carry(columns(yy) - columns(one));
    const F v = carry(product(yy, constant<F>(curve_d_limbs)) + columns(one));
    return {y, u, v, square(v) * v};
}

// words[g] are the four little-endian words of each encoding of group g.
template <class F, std::size_t N>
void decompress(const typename F::Word (&words)[N][4], Decompressed<F> (&out)[N]) {
    RootProblem<F> problems[N];
    Group<F, N> radicands;
    for (std::size_t g = 0; g < N; ++g) {
        problems[g] = root_problem(from_words<F>(words[g]));
        radicands.v[g] = problems[g].radicand();
    }
    const Group<F, N> powers = power_p58(radicands);
    for (std::size_t g = 0; g < N; ++g)
        out[g] = problems[g].solve(powers.v[g], 0 - (words[g][3] >> 63));
}

}  // namespace jangbu::crypto::ed25519
