// Four elements in the 256-bit registers of AVX2, whose fused multiply-add of doubles gives the
// high and the low part of a product exactly.
//
// A factor (Fma) has integer limbs in doubles, |limb| <= 2^50 + 2^17: signed, so sums and
// differences of two (FmaSum) need no carry and a negation is one bit. With |a b| < 2^102,
//   h = fma(a, b, 1.5 * 2^103)                      ends in ab rounded to a multiple of 2^51,
//   l = fma(a, b, (1.5 * 2^103 + 1.5 * 2^52) - h)   ends in the rest, |rest| <= 2^51,
// both as integers in the low bits of the double, whose constant high bits are taken off at the
// end: so h and l are summed as 64-bit integers. Each step is exact, whatever the rounding mode.
// FmaColumns<W> are such sums, not negative: limbs below W * 2^60. A product is FmaColumns<1>: at
// most 20 times 5 low and 5 high parts of 2^51 each, and 2^8 times the modulus to keep it positive.
// `Multiplier` does the fused multiply-add: the instruction in the tier, the C library in tests.
// Source: Dekker 1971 ("A floating-point technique for extending the available precision") for the
// exact parts of a product.
#pragma once

#include "base/assert.h"
#include "crypto/ed25519/field.h"
#include "crypto/ed25519/vector.h"

namespace jangbu::crypto::ed25519 {

typedef double Doubles __attribute__((vector_size(32)));

template <class Multiplier, unsigned W>
struct FmaColumns {
    Vector<4> v[5];
};

template <class Multiplier>
struct Fma {
    static constexpr std::size_t width = 4;
    using Word = Vector<4>;
    using Sum = Fma;

    Doubles v[5];

    Fma() = default;
    explicit Fma(const Doubles (&limbs)[5]) : v{limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]} {}
    // Limb by limb: g++ copies an array of vectors in halves, which the next load waits for.
    [[gnu::always_inline]] Fma(const Fma& other) { *this = other; }
    [[gnu::always_inline]] Fma& operator=(const Fma& other) {
        v[0] = other.v[0];
        v[1] = other.v[1];
        v[2] = other.v[2];
        v[3] = other.v[3];
        v[4] = other.v[4];
        return *this;
    }

    static Fma constant(const LimbConstant& limbs) {
        FmaColumns<Multiplier, 1> out;
        for (std::size_t i = 0; i < 5; ++i) out.v[i] = Word{} + limbs[i];
        return factor(out);
    }
    static Fma from_limbs(const Cells<Fma>& limbs) {
        return factor(FmaColumns<Multiplier, 1>{
            {limbs.v[0], limbs.v[1], limbs.v[2], limbs.v[3], limbs.v[4]}});
    }
    static Fma with_cells(const Cells<Fma>& cells) {
        Fma out;
        for (int i = 0; i < 5; ++i) out.v[i] = reinterpret_cast<Doubles>(cells.v[i]);
        return out;
    }
    Cells<Fma> cells() const {
        Cells<Fma> out;
        for (int i = 0; i < 5; ++i) out.v[i] = reinterpret_cast<Word>(v[i]);
        return out;
    }
    // Positive limbs of the same value.
    Cells<Fma> limbs() const {
        const FmaColumns<Multiplier, 1> c = columns(*this);
        return {{c.v[0], c.v[1], c.v[2], c.v[3], c.v[4]}};
    }

    static void gather(const u64* const* rows, std::size_t count, Word* cells) {
        Multiplier::gather(rows, count, cells);
    }
    static void scatter(u64* const* rows, std::size_t count, const Word* cells) {
        Multiplier::scatter(rows, count, cells);
    }
};

// |limb| <= 2^51 + 2^18: a product takes one of these and a factor.
template <class Multiplier>
struct FmaSum {
    Doubles v[5];
};

namespace fma {

constexpr double factor_limit = 0x1p50 + 0x1p17;

constexpr u64 bits(double x) {
    return __builtin_bit_cast(u64, x);
}
// Where the integers stand in a double: the last bit counts 2^51, or 1.
constexpr double high_magic = 0x1.8p103;
constexpr double low_magic = 0x1.8p52;

// Products of limbs i and j with i + j = k. In a square those with i < j are one, doubled.
constexpr u64 terms(int k, bool is_square) {
    u64 count = 0;
    for (int i = 0; i < 5; ++i)
        for (int j = 0; j < 5; ++j)
            if (i + j == k && (!is_square || i <= j)) ++count;
    return count;
}
// The high bits of the doubles that are summed in column k, modulo 2^64; and what is added to
// column k of the result instead of them and of those of column k + 5: 2^8 times the modulus.
constexpr u64 magic(int k, bool is_square) {
    const u64 high = k == 0 ? 0 : terms(k - 1, is_square) * bits(high_magic);
    return terms(k, is_square) * bits(low_magic) + high;
}
constexpr u64 correction(int k, bool is_square) {
    return modulus_limb(static_cast<std::size_t>(k), 8) - magic(k, is_square) -
           19 * magic(k + 5, is_square);
}

template <class D>
[[gnu::noinline]] bool all_within(const D& limbs, double limit) {
    for (int i = 0; i < 4; ++i)
        if (!(-limit <= limbs[i] && limbs[i] <= limit)) return false;
    return true;
}

template <class M>
[[gnu::always_inline]] inline Fma<M> checked(const Fma<M>& a) {
    if constexpr (M::checks_bounds)
        for (const Doubles& limb : a.v) JANGBU_ASSERT(all_within(limb, factor_limit));
    return a;
}

// One parallel pass. Limbs are centred: 2^50 is added before the cut at 2^51 and taken off after
// it, with the 2^52 that makes a double of an integer.
template <class M, unsigned W>
[[gnu::always_inline]] inline Fma<M> carried(const FmaColumns<M, W>& c) {
    static_assert(W <= 7);  // at most 2^12 leave a limb, and 19 times that is below 2^17
    if constexpr (M::checks_bounds)
        for (const auto& limb : c.v) JANGBU_ASSERT(all_below(limb, u64{W} << 60));
    Vector<4> sum[5], x[5];
    for (int i = 0; i < 5; ++i) sum[i] = c.v[i] + (u64{1} << 50);
    for (int i = 0; i < 5; ++i) x[i] = sum[i] & limb_mask;
    x[0] += M::times19(sum[4] >> 51);
    for (int i = 1; i < 5; ++i) x[i] += sum[i - 1] >> 51;
    Fma<M> out;
    for (int i = 0; i < 5; ++i)
        out.v[i] = reinterpret_cast<Doubles>(x[i] | bits(0x1p52)) - (0x1p52 + 0x1p50);
    return checked(out);
}

// The parts of a[I] b[K - I] into columns K and K + 1; the first to come to a column opens it.
template <int K, int I, bool is_square, class M>
[[gnu::always_inline]] inline void add_term(Vector<4> (&column)[10], const Doubles (&a)[5],
                                            const Doubles (&b)[5], const Doubles (&twice_a)[5]) {
    constexpr int J = K - I;
    if constexpr (J >= 0 && J < 5 && !(is_square && J < I)) {
        const Doubles x = is_square && I != J ? twice_a[I] : a[I];
        const Doubles high = M::multiply_add(x, b[J], M::high_constant());
        const Doubles low = M::multiply_add(x, b[J], M::both_constant() - high);
        constexpr bool opens = I == (K > 4 ? K - 4 : 0);
        if constexpr (opens)
            column[K] = reinterpret_cast<Vector<4>>(low);
        else
            column[K] += reinterpret_cast<Vector<4>>(low);
        if constexpr (K == 8)
            column[K + 1] = reinterpret_cast<Vector<4>>(high);
        else
            column[K + 1] += reinterpret_cast<Vector<4>>(high);
    }
}

// Columns from the highest down: column K + 1 is complete after K, and returns times 19.
template <int K, bool is_square, class M>
[[gnu::always_inline]] inline void add_columns(Vector<4> (&column)[10], const Doubles (&a)[5],
                                               const Doubles (&b)[5], const Doubles (&twice_a)[5]) {
    add_term<K, 0, is_square, M>(column, a, b, twice_a);
    add_term<K, 1, is_square, M>(column, a, b, twice_a);
    add_term<K, 2, is_square, M>(column, a, b, twice_a);
    add_term<K, 3, is_square, M>(column, a, b, twice_a);
    add_term<K, 4, is_square, M>(column, a, b, twice_a);
    if constexpr (K >= 4)
        column[K + 1] = M::times19(column[K + 1]) + M::template correction<K - 4, is_square>();
    if constexpr (K > 0) add_columns<K - 1, is_square, M>(column, a, b, twice_a);
}

template <class M>
[[gnu::always_inline]] inline FmaColumns<M, 1> folded(const Vector<4> (&column)[10]) {
    return {{column[0] + column[5], column[1] + column[6], column[2] + column[7],
             column[3] + column[8], column[4] + column[9]}};
}

template <class M>
[[gnu::always_inline]] inline FmaColumns<M, 1> multiplied(const Doubles (&a)[5],
                                                          const Doubles (&b)[5]) {
    Vector<4> column[10];
    add_columns<8, false, M>(column, a, b, a);
    return folded<M>(column);
}

}  // namespace fma

template <class M>
[[gnu::always_inline]] inline FmaColumns<M, 1> product(const Fma<M>& a, const Fma<M>& b) {
    return fma::multiplied<M>(a.v, b.v);
}
template <class M>
[[gnu::always_inline]] inline FmaColumns<M, 1> product(const FmaSum<M>& a, const Fma<M>& b) {
    return fma::multiplied<M>(a.v, b.v);
}
template <class M>
[[gnu::always_inline]] inline FmaColumns<M, 1> square_columns(const Fma<M>& a) {
    Doubles twice_a[5];
    for (int i = 0; i < 5; ++i) twice_a[i] = a.v[i] + a.v[i];
    Vector<4> column[10];
    fma::add_columns<8, true, M>(column, a.v, a.v, twice_a);
    return fma::folded<M>(column);
}

template <class M, unsigned W>
[[gnu::always_inline]] inline Fma<M> factor(const FmaColumns<M, W>& a) {
    return fma::carried(a);
}
template <class M, unsigned W>
[[gnu::always_inline]] inline Fma<M> carry(const FmaColumns<M, W>& a) {
    return fma::carried(a);
}
template <class M>
[[gnu::always_inline]] inline Fma<M> operator*(const Fma<M>& a, const Fma<M>& b) {
    return factor(product(a, b));
}
template <class M>
[[gnu::always_inline]] inline Fma<M> operator*(const FmaSum<M>& a, const Fma<M>& b) {
    return factor(product(a, b));
}
template <class M>
[[gnu::always_inline]] inline Fma<M> square(const Fma<M>& a) {
    return factor(square_columns(a));
}

template <class M>
[[gnu::always_inline]] inline FmaSum<M> operator+(const Fma<M>& a, const Fma<M>& b) {
    FmaSum<M> out;
    for (int i = 0; i < 5; ++i) out.v[i] = a.v[i] + b.v[i];
    return out;
}
template <class M>
[[gnu::always_inline]] inline FmaSum<M> operator-(const Fma<M>& a, const Fma<M>& b) {
    FmaSum<M> out;
    for (int i = 0; i < 5; ++i) out.v[i] = a.v[i] - b.v[i];
    return out;
}

// As integers, with four times the modulus so that none is negative: below 2^54.
template <class M>
[[gnu::always_inline]] inline FmaColumns<M, 1> columns(const Fma<M>& a) {
    FmaColumns<M, 1> out;
    for (std::size_t i = 0; i < 5; ++i)
        out.v[i] = reinterpret_cast<Vector<4>>(a.v[i] + fma::low_magic) +
                   (modulus_limb(i, 2) - fma::bits(fma::low_magic));
    return out;
}

template <class M>
[[gnu::always_inline]] inline Fma<M> negated_if(const Vector<4>& condition, const Fma<M>& a) {
    Fma<M> out;
    for (int i = 0; i < 5; ++i)
        out.v[i] = reinterpret_cast<Doubles>(reinterpret_cast<Vector<4>>(a.v[i]) ^
                                             (condition & (u64{1} << 63)));
    return out;
}

template <class M, unsigned A, unsigned B>
[[gnu::always_inline]] inline FmaColumns<M, A + B> operator+(const FmaColumns<M, A>& a,
                                                             const FmaColumns<M, B>& b) {
    FmaColumns<M, A + B> out;
    for (int i = 0; i < 5; ++i) out.v[i] = a.v[i] + b.v[i];
    return out;
}
// Adds 2^10 times the modulus first, whose limbs are between 2^60 and 2 * 2^60.
template <class M, unsigned A>
[[gnu::always_inline]] inline FmaColumns<M, A + 2> operator-(const FmaColumns<M, A>& a,
                                                             const FmaColumns<M, 1>& b) {
    FmaColumns<M, A + 2> out;
    for (std::size_t i = 0; i < 5; ++i) out.v[i] = a.v[i] + modulus_limb(i, 10) - b.v[i];
    return out;
}

}  // namespace jangbu::crypto::ed25519
