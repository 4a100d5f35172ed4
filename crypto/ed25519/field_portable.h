// The portable element: one lane, five 64-bit limbs, products of 128 bits.
//
// Sums and differences are not carried. How large their limbs can be is part of the type: Limbs<W>
// has every limb below W * (2^51 + 2^13). A product takes any two whose weights multiply to at most
// 81 and is carried again, so what would overflow does not compile. Portable = Limbs<1>.
#pragma once

#include "crypto/ed25519/field.h"

namespace jangbu::crypto::ed25519 {

template <unsigned Weight>
struct Limbs {
    static constexpr std::size_t width = 1;
    using Word = u64;
    // What point formulas keep between a sum and the product that carries it.
    using Sum = Limbs<5>;

    std::array<u64, 5> v{};

    constexpr Limbs() = default;
    constexpr explicit Limbs(const LimbConstant& limbs) : v(limbs) {}
    // A tighter bound is also a looser one.
    template <unsigned Other>
        requires(Other < Weight)
    constexpr Limbs(const Limbs<Other>& tighter) : v(tighter.v) {}  // NOLINT(*-explicit-*)

    static constexpr Limbs constant(const LimbConstant& limbs) { return Limbs(limbs); }
    static constexpr Limbs from_limbs(const Cells<Limbs>& limbs) { return with_cells(limbs); }
    static constexpr Limbs with_cells(const Cells<Limbs>& cells) {
        return Limbs({cells.v[0], cells.v[1], cells.v[2], cells.v[3], cells.v[4]});
    }
    constexpr Cells<Limbs> cells() const { return {{v[0], v[1], v[2], v[3], v[4]}}; }
    constexpr Cells<Limbs> limbs() const { return cells(); }

    // cell[c] = cell c of each row.
    static void gather(const u64* const* rows, std::size_t count, u64* cell) {
        for (std::size_t c = 0; c < count; ++c) cell[c] = rows[0][c];
    }
    static void scatter(u64* const* rows, std::size_t count, const u64* cell) {
        for (std::size_t c = 0; c < count; ++c) rows[0][c] = cell[c];
    }
};

using Portable = Limbs<1>;

template <unsigned A, unsigned B>
constexpr Limbs<A + B> operator+(const Limbs<A>& a, const Limbs<B>& b) {
    Limbs<A + B> sum;
    for (std::size_t i = 0; i < 5; ++i) sum.v[i] = a.v[i] + b.v[i];
    return sum;
}

// Adds 2B times the modulus first, so that no limb falls below zero.
template <unsigned A, unsigned B>
constexpr Limbs<A + 2 * B> operator-(const Limbs<A>& a, const Limbs<B>& b) {
    constexpr u64 low = 2 * B * (limb_mask - 18);
    constexpr u64 high = 2 * B * limb_mask;
    Limbs<A + 2 * B> difference;
    for (std::size_t i = 0; i < 5; ++i) difference.v[i] = a.v[i] + (i == 0 ? low : high) - b.v[i];
    return difference;
}

namespace detail {

// x / 2^51, which fits: every column of a permitted product is below 2^115. As a sum of two shifts,
// which is faster than one shift over two words on several CPUs.
constexpr u64 above_limb(u128 x) {
    return (static_cast<u64>(x) >> 51) + (static_cast<u64>(x >> 64) << 13);
}
constexpr u64 in_limb(u128 x) {
    return static_cast<u64>(x) & limb_mask;
}

// One pass over the columns of a product; what leaves the top returns times 19, since 2^255 = 19.
constexpr Portable carried(u128 c0, u128 c1, u128 c2, u128 c3, u128 c4) {
    c1 += above_limb(c0);
    c2 += above_limb(c1);
    c3 += above_limb(c2);
    c4 += above_limb(c3);
    const u64 first = in_limb(c0) + 19 * above_limb(c4);
    return Portable{
        {first & limb_mask, in_limb(c1) + (first >> 51), in_limb(c2), in_limb(c3), in_limb(c4)}};
}
constexpr u128 wide(u64 a, u64 b) {
    return static_cast<u128>(a) * b;
}

}  // namespace detail

template <unsigned A, unsigned B>
[[gnu::always_inline]] constexpr Portable operator*(const Limbs<A>& x, const Limbs<B>& y) {
    // Largest column 77 AB 2^102, and 95 AB 2^51 returns from the top: both stay below 2^64 after
    // the shift by 51.
    static_assert(A * B <= 81);
    using detail::wide;
    const auto& a = x.v;
    const auto& b = y.v;
    const u64 b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
    return detail::carried(
        wide(a[0], b[0]) + wide(a[1], b4) + wide(a[2], b3) + wide(a[3], b2) + wide(a[4], b1),
        wide(a[0], b[1]) + wide(a[1], b[0]) + wide(a[2], b4) + wide(a[3], b3) + wide(a[4], b2),
        wide(a[0], b[2]) + wide(a[1], b[1]) + wide(a[2], b[0]) + wide(a[3], b4) + wide(a[4], b3),
        wide(a[0], b[3]) + wide(a[1], b[2]) + wide(a[2], b[1]) + wide(a[3], b[0]) + wide(a[4], b4),
        wide(a[0], b[4]) + wide(a[1], b[3]) + wide(a[2], b[2]) + wide(a[3], b[1]) +
            wide(a[4], b[0]));
}

template <unsigned A>
[[gnu::always_inline]] constexpr Portable square(const Limbs<A>& x) {
    static_assert(A * A <= 81);
    using detail::wide;
    const auto& a = x.v;
    const u64 twice0 = 2 * a[0], twice1 = 2 * a[1], twice2 = 2 * a[2], twice3 = 2 * a[3];
    const u64 a3 = 19 * a[3], a4 = 19 * a[4];
    return detail::carried(wide(a[0], a[0]) + wide(twice1, a4) + wide(twice2, a3),
                           wide(twice0, a[1]) + wide(twice2, a4) + wide(a[3], a3),
                           wide(twice0, a[2]) + wide(a[1], a[1]) + wide(twice3, a4),
                           wide(twice0, a[3]) + wide(twice1, a[2]) + wide(a[4], a4),
                           wide(twice0, a[4]) + wide(twice1, a[3]) + wide(a[2], a[2]));
}

// The same element with limbs as small as those of a product.
template <unsigned A>
constexpr Portable carry(const Limbs<A>& a) {
    static_assert(A <= 81);
    return detail::carried(a.v[0], a.v[1], a.v[2], a.v[3], a.v[4]);
}

// Products are carried at once, so columns are factors and factors are columns.
template <unsigned A, unsigned B>
[[gnu::always_inline]] constexpr Portable product(const Limbs<A>& a, const Limbs<B>& b) {
    return a * b;
}
template <unsigned A>
[[gnu::always_inline]] constexpr Portable square_columns(const Limbs<A>& a) {
    return square(a);
}
template <unsigned A>
constexpr Limbs<A> columns(const Limbs<A>& a) {
    return a;
}
template <unsigned A>
constexpr Limbs<A> factor(const Limbs<A>& a) {
    return a;
}
constexpr Portable negated_if(u64 condition, const Portable& a) {
    return condition != 0 ? carry(Portable{} - a) : a;
}

// The 255 low bits of 32 little-endian bytes; the value may be 2^255 - 19 or above.
Portable from_bytes(const ByteArray<32>& bytes);
// The one representative below 2^255 - 19, little-endian.
ByteArray<32> to_bytes(const Portable& a);

}  // namespace jangbu::crypto::ed25519
