// Eight elements in the 512-bit registers of AVX-512 IFMA, whose multiply-add takes the low or the
// high 52 bits of a 104-bit product.
//
// A factor (Ifma) has limbs below 2^51 + 2^18, so they fit the 52 bits that the instruction reads.
// The high half of a product of limbs i and j stands at 2^52, twice the weight of limb i + j + 1,
// hence the doublings below. Columns are sums of halves before the carries: IfmaColumns<W> has
// every limb below W * 2^60. A product has W = 1 if one operand is a factor and the other below
// 2^52: column 0 is the largest, 1 + 19 * 4 low halves below 2^52 and 2 * 19 * 5 high halves below
// 2^51 + 2^18.
// `Multiplier` does the two multiply-adds: the instruction in the tier, plain C++ in tests.
// Source: Gueron, Krasnov 2016 ("Accelerating big integer arithmetic using Intel IFMA extensions")
// for the representation of products; the column order is ours.
#pragma once

#include "base/assert.h"
#include "crypto/ed25519/field.h"
#include "crypto/ed25519/vector.h"

namespace jangbu::crypto::ed25519 {

template <class Multiplier>
struct Ifma {
    static constexpr std::size_t width = 8;
    using Word = Vector<8>;
    using Sum = Ifma;

    Word v[5];

    static Ifma constant(const LimbConstant& limbs) {
        Ifma out;
        for (std::size_t i = 0; i < 5; ++i) out.v[i] = Word{} + limbs[i];
        return out;
    }
    static Ifma from_limbs(const Cells<Ifma>& limbs) { return with_cells(limbs); }
    static Ifma with_cells(const Cells<Ifma>& cells) {
        return {{cells.v[0], cells.v[1], cells.v[2], cells.v[3], cells.v[4]}};
    }
    Cells<Ifma> cells() const { return {{v[0], v[1], v[2], v[3], v[4]}}; }
    Cells<Ifma> limbs() const { return cells(); }

    static void gather(const u64* const* rows, std::size_t count, Word* cells) {
        Multiplier::gather(rows, count, cells);
    }
    static void scatter(u64* const* rows, std::size_t count, const Word* cells) {
        Multiplier::scatter(rows, count, cells);
    }
};

// Limbs below W * 2^60.
template <class Multiplier, unsigned W>
struct IfmaColumns {
    Vector<8> v[5];
};

namespace ifma {

constexpr u64 factor_limit = (u64{1} << 51) + (u64{1} << 18);

template <class M>
[[gnu::always_inline]] inline const Ifma<M>& checked(const Ifma<M>& a) {
    if constexpr (M::checks_bounds)
        for (const auto& limb : a.v) JANGBU_ASSERT(all_below(limb, factor_limit));
    return a;
}

// One parallel pass: what leaves a limb goes into the next, from the top times 19 into the lowest.
template <class M, unsigned W>
[[gnu::always_inline]] inline Ifma<M> carried(const IfmaColumns<M, W>& c) {
    static_assert(W <= 15);  // at most 2^13 leave a limb, and 19 times that is below 2^18
    using Word = typename Ifma<M>::Word;
    if constexpr (M::checks_bounds)
        for (const Word& limb : c.v) JANGBU_ASSERT(all_below(limb, u64{W} << 60));
    Ifma<M> out;
    out.v[0] = M::low(c.v[0] & limb_mask, c.v[4] >> 51, Word{} + 19);
    for (int i = 1; i < 5; ++i) out.v[i] = (c.v[i] & limb_mask) + (c.v[i - 1] >> 51);
    return checked(out);
}

// Sum of the low or high halves of a[i] b[j] with i + j = K, on top of `sum`.
template <int K, class M>
[[gnu::always_inline]] inline auto add_low(typename Ifma<M>::Word sum, const Ifma<M>& a,
                                           const Ifma<M>& b) {
    constexpr int first = K > 4 ? K - 4 : 0, last = K < 4 ? K : 4;
#pragma GCC unroll 5
    for (int i = first; i <= last; ++i) sum = M::low(sum, a.v[i], b.v[K - i]);
    return sum;
}
template <int K, class M>
[[gnu::always_inline]] inline auto add_high(const Ifma<M>& a, const Ifma<M>& b) {
    typename Ifma<M>::Word sum{};
    constexpr int first = K > 4 ? K - 4 : 0, last = K < 4 ? K : 4;
#pragma GCC unroll 5
    for (int i = first; i <= last; ++i) sum = M::high(sum, a.v[i], b.v[K - i]);
    return sum;
}
// Column K of a product: low halves at K, high halves of the column below twice.
template <int K, class M>
[[gnu::always_inline]] inline auto column(const Ifma<M>& a, const Ifma<M>& b) {
    const auto high = add_high<K - 1>(a, b);
    return add_low<K>(high + high, a, b);
}

}  // namespace ifma

template <class M>
[[gnu::always_inline]] inline auto product(const Ifma<M>& a, const Ifma<M>& b) {
    using namespace ifma;
    const typename Ifma<M>::Word zero{};
    IfmaColumns<M, 1> out;
    // 2^255 = 19: column k + 5 returns at k. The last holds high halves alone, hence 2 * 19.
    out.v[0] = add_low<0>(zero, a, b) + M::times(column<5>(a, b), 19);
    out.v[1] = column<1>(a, b) + M::times(column<6>(a, b), 19);
    out.v[2] = column<2>(a, b) + M::times(column<7>(a, b), 19);
    out.v[3] = column<3>(a, b) + M::times(column<8>(a, b), 19);
    out.v[4] = column<4>(a, b) + M::times(add_high<8>(a, b), 38);
    return out;
}

// Products of two different limbs count twice. Three levels, each doubled into the next: high
// halves of those; high halves of squares and low halves of those; low halves of squares.
template <class M>
[[gnu::always_inline]] inline auto square_columns(const Ifma<M>& x) {
    using Word = typename Ifma<M>::Word;
    const auto& a = x.v;
    const Word zero{};
    const auto twice = [](const Word& w) { return w + w; };
    const auto low = [](const Word& s, const Word& l, const Word& r) { return M::low(s, l, r); };
    const auto high = [](const Word& s, const Word& l, const Word& r) { return M::high(s, l, r); };

    const Word h2 = high(zero, a[0], a[1]);
    const Word h3 = high(zero, a[0], a[2]);
    const Word h4 = high(high(zero, a[0], a[3]), a[1], a[2]);
    const Word h5 = high(high(zero, a[0], a[4]), a[1], a[3]);
    const Word h6 = high(high(zero, a[1], a[4]), a[2], a[3]);
    const Word h7 = high(zero, a[2], a[4]);
    const Word h8 = high(zero, a[3], a[4]);

    const Word m1 = low(high(zero, a[0], a[0]), a[0], a[1]);
    const Word m2 = low(twice(h2), a[0], a[2]);
    const Word m3 = low(low(high(twice(h3), a[1], a[1]), a[0], a[3]), a[1], a[2]);
    const Word m4 = low(low(twice(h4), a[0], a[4]), a[1], a[3]);
    const Word m5 = low(low(high(twice(h5), a[2], a[2]), a[1], a[4]), a[2], a[3]);
    const Word m6 = low(twice(h6), a[2], a[4]);
    const Word m7 = low(high(twice(h7), a[3], a[3]), a[3], a[4]);
    const Word m9 = high(zero, a[4], a[4]);

    IfmaColumns<M, 1> out;
    out.v[0] = low(zero, a[0], a[0]) + M::times(m5, 38);
    out.v[1] = twice(m1) + M::times(low(twice(m6), a[3], a[3]), 19);
    out.v[2] = low(twice(m2), a[1], a[1]) + M::times(m7, 38);
    out.v[3] = twice(m3) + M::times(low(twice(twice(h8)), a[4], a[4]), 19);
    out.v[4] = low(twice(m4), a[2], a[2]) + M::times(m9, 38);
    return out;
}

template <class M>
[[gnu::always_inline]] inline Ifma<M> operator*(const Ifma<M>& a, const Ifma<M>& b) {
    return ifma::carried(product(a, b));
}
template <class M>
[[gnu::always_inline]] inline Ifma<M> square(const Ifma<M>& a) {
    return ifma::carried(square_columns(a));
}

// Factors are small columns.
template <class M>
[[gnu::always_inline]] inline IfmaColumns<M, 1> columns(const Ifma<M>& a) {
    return {{a.v[0], a.v[1], a.v[2], a.v[3], a.v[4]}};
}
template <class M, unsigned A, unsigned B>
[[gnu::always_inline]] inline IfmaColumns<M, A + B> operator+(const IfmaColumns<M, A>& a,
                                                              const IfmaColumns<M, B>& b) {
    IfmaColumns<M, A + B> out;
    for (int i = 0; i < 5; ++i) out.v[i] = a.v[i] + b.v[i];
    return out;
}
// Adds 2^10 times the modulus first, whose limbs are between 2^60 and 2 * 2^60.
template <class M, unsigned A>
[[gnu::always_inline]] inline IfmaColumns<M, A + 2> operator-(const IfmaColumns<M, A>& a,
                                                              const IfmaColumns<M, 1>& b) {
    IfmaColumns<M, A + 2> out;
    out.v[0] = a.v[0] + modulus_limb(0, 10) - b.v[0];
    for (int i = 1; i < 5; ++i) out.v[i] = a.v[i] + modulus_limb(1, 10) - b.v[i];
    return out;
}
template <class M, unsigned W>
[[gnu::always_inline]] inline Ifma<M> factor(const IfmaColumns<M, W>& a) {
    return ifma::carried(a);
}
template <class M, unsigned W>
[[gnu::always_inline]] inline Ifma<M> carry(const IfmaColumns<M, W>& a) {
    return ifma::carried(a);
}

// A sum would not fit 52 bits, so it is carried at once and is a factor.
template <class M>
[[gnu::always_inline]] inline Ifma<M> operator+(const Ifma<M>& a, const Ifma<M>& b) {
    return factor(columns(a) + columns(b));
}
template <class M>
[[gnu::always_inline]] inline Ifma<M> operator-(const Ifma<M>& a, const Ifma<M>& b) {
    return factor(columns(a) - columns(b));
}

// Twice the modulus less a limb is below 2^52, so the result may be multiplied by a factor without
// a carry. REQUIRES: a as canonical or carried; the result meets factors alone.
template <class M>
[[gnu::always_inline]] inline Ifma<M> negated_if(const Vector<8>& condition, const Ifma<M>& a) {
    Ifma<M> out;
    out.v[0] = condition != 0 ? modulus_limb(0, 1) - a.v[0] : a.v[0];
    for (int i = 1; i < 5; ++i) out.v[i] = condition != 0 ? modulus_limb(1, 1) - a.v[i] : a.v[i];
    return out;
}

}  // namespace jangbu::crypto::ed25519
