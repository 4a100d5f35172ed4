// The field of 2^255 - 19 in lanes: what the formulas of points ask of an element, whatever the
// CPU.
//
// A lane type F is F::width elements side by side, radix 2^51, five 64-bit cells for each. There
// are three: Portable (1 lane, 128-bit products), Fma (4 lanes, products by double-precision FMA),
// Ifma (8 lanes, 52-bit multiply-add). Each offers
//
//   F            a factor: any product takes it
//   F::Word      one cell of every lane; as a condition, all bits of a lane set or none
//   F::Sum       what factor() gives
//   a + b, a - b of factors: each product takes one of these beside a factor
//   a * b, square(a)                                  a factor again
//   product(a, b), square_columns(a), columns(a)      the same before the carries, to be added and
//                subtracted; three passes of carries less for an addition of points
//   factor(c), carry(c)        columns as a factor; with limbs as small as those of a product
//   constant, from_limbs, limbs, cells, with_cells, negated_if, gather, scatter: in and out of
//   lanes
//
// How large a limb can be is part of the type, so that what would overflow does not compile; lane
// types whose arithmetic is emulated check the bounds at run time as well.
// Variable time: public data only. Source of the representation: Bernstein, Duif, Lange, Schwabe,
// Yang 2011, section 4.
#pragma once

#include "base/bytes.h"

#if defined(__GNUC__)
// How vectors are passed depends on the flags; all such calls stay within one translation unit.
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

namespace jangbu::crypto::ed25519 {

using LimbConstant = std::array<u64, 5>;

inline constexpr u64 limb_mask = (u64{1} << 51) - 1;

// Limb i of 2^shift times the modulus: what is added before a subtraction.
constexpr u64 modulus_limb(std::size_t i, unsigned shift) {
    return (limb_mask - (i == 0 ? 18 : 0)) << shift;
}

// d = -121665 / 121666 of the curve -x^2 + y^2 = 1 + d x^2 y^2, twice d, and a square root of -1
// (RFC 8032 section 5.1).
inline constexpr LimbConstant zero_limbs = {0, 0, 0, 0, 0};
inline constexpr LimbConstant one_limbs = {1, 0, 0, 0, 0};
inline constexpr LimbConstant curve_d_limbs = {929955233495203, 466365720129213, 1662059464998953,
                                               2033849074728123, 1442794654840575};
inline constexpr LimbConstant curve_2d_limbs = {1859910466990425, 932731440258426, 1072319116312658,
                                                1815898335770999, 633789495995903};
inline constexpr LimbConstant sqrt_minus_one_limbs = {
    1718705420411056, 234908883556509, 2233514472574048, 2117202627021982, 765476049583133};

// Five cells of every lane.
template <class F>
struct Cells {
    typename F::Word v[5];
};

// Limbs below 2^51 of the representative below the modulus. F::limbs are below 2^54.
template <class F>
Cells<F> canonical(const F& a) {
    using Word = typename F::Word;
    Cells<F> out = a.limbs();
    auto& v = out.v;
    const auto carry_up = [&v] {
        for (int i = 0; i < 4; ++i) {
            v[i + 1] += v[i] >> 51;
            v[i] &= limb_mask;
        }
    };
    // After one pass the value is below 2^255 + 2^8, so less than twice the modulus.
    carry_up();
    v[0] += 19 * (v[4] >> 51);
    v[4] &= limb_mask;
    // The modulus is taken off once more iff value + 19 reaches 2^255.
    Word over = (v[0] + 19) >> 51;
    for (int i = 1; i < 5; ++i) over = (v[i] + over) >> 51;
    v[0] += 19 * over;
    carry_up();
    v[4] &= limb_mask;
    return out;
}

template <class F>
typename F::Word is_zero(const F& a) {
    const Cells<F> c = canonical(a);
    // Below 2^51, so the top bit of x - 1 is set for zero alone.
    const typename F::Word any = c.v[0] | c.v[1] | c.v[2] | c.v[3] | c.v[4];
    return 0 - ((any - 1) >> 63);
}

// The low bit of the canonical value, the sign of RFC 8032.
template <class F>
typename F::Word is_odd(const F& a) {
    return 0 - (canonical(a).v[0] & 1);
}

template <class F>
F select(const typename F::Word& condition, const F& yes, const F& no) {
    const Cells<F> a = yes.cells(), b = no.cells();
    Cells<F> out;
    for (int i = 0; i < 5; ++i) out.v[i] = condition != 0 ? a.v[i] : b.v[i];
    return F::with_cells(out);
}

// The 255 low bits of four little-endian words; the value may be 2^255 - 19 or above.
template <class F>
F from_words(const typename F::Word (&w)[4]) {
    return F::from_limbs({{w[0] & limb_mask, (w[0] >> 51 | w[1] << 13) & limb_mask,
                           (w[1] >> 38 | w[2] << 26) & limb_mask,
                           (w[2] >> 25 | w[3] << 39) & limb_mask, w[3] >> 12 & limb_mask}});
}

// Several elements that go through the same steps: while one waits for a product, the next works.
template <class F, std::size_t N>
struct Group {
    F v[N];
};
template <class F, std::size_t N>
[[gnu::always_inline]] inline Group<F, N> operator*(const Group<F, N>& a, const Group<F, N>& b) {
    Group<F, N> out;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < N; ++i) out.v[i] = a.v[i] * b.v[i];
    return out;
}
template <class F, std::size_t N>
[[gnu::always_inline]] inline Group<F, N> square(const Group<F, N>& a) {
    Group<F, N> out;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < N; ++i) out.v[i] = square(a.v[i]);
    return out;
}

}  // namespace jangbu::crypto::ed25519
