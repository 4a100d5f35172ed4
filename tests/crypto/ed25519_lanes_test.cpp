// Every lane type against big integers, lane by lane, over random limbs and over the largest that a
// factor may have. The emulated types check the bounds of each step as they go.
#include <doctest/doctest.h>

#include <random>

#include "crypto/ed25519/decompress.h"
#include "crypto/ed25519/field_portable.h"
#include "tests/support/big_numbers.h"
#include "tests/support/emulated_lanes.h"

using namespace jangbu;
using namespace jangbu::crypto::ed25519;
using namespace jangbu::tests;

namespace {

std::mt19937_64& lane_random() {
    static std::mt19937_64 only(20'261'124);
    return only;
}

u64 pick(u64 limit) {
    const u64 style = lane_random()() % 4;
    const u64 random = lane_random()();
    return style == 0 ? limit - 1 : style == 1 ? 0 : random % limit;
}

template <class F>
F sample_lanes() {
    Cells<F> cells;
    for (auto& cell : cells.v)
        for (std::size_t i = 0; i < F::width; ++i) {
            if constexpr (F::width == 4) {
                const u64 magnitude = pick((u64{1} << 50) + (u64{1} << 17) + 1);
                const double limb = static_cast<double>(magnitude);
                const bool negative = lane_random()() % 2 == 0;
                cell[i] = fma::bits(negative ? -limb : limb);
            } else if constexpr (F::width == 8) {
                cell[i] = pick(ifma::factor_limit);
            } else {
                cell = pick((u64{1} << 51) + (u64{1} << 13));
            }
        }
    return F::with_cells(cells);
}

// What the limbs of one lane stand for, below the modulus.
template <class F>
Big lane_value(const F& a, std::size_t index) {
    const Cells<F> cells = a.cells();
    Big out = number(0);
    for (std::size_t i = 5; i-- > 0;) {
        BN_lshift(out.get(), out.get(), 51);
        const u64 cell = lane(cells.v[i], index);
        if constexpr (F::width == 4) {
            const double limb = __builtin_bit_cast(double, cell);
            const Big magnitude = number(static_cast<u64>(limb < 0 ? -limb : limb));
            if (limb < 0)
                BN_sub(out.get(), out.get(), magnitude.get());
            else
                BN_add(out.get(), out.get(), magnitude.get());
        } else {
            BN_add_word(out.get(), cell);
        }
    }
    BN_nnmod(out.get(), out.get(), prime(), big_context());
    return out;
}

template <class F>
Big canonical_lane_value(const F& a, std::size_t index) {
    const Cells<F> cells = canonical(a);
    Big out = number(0);
    for (std::size_t i = 5; i-- > 0;) {
        BN_lshift(out.get(), out.get(), 51);
        BN_add_word(out.get(), lane(cells.v[i], index));
    }
    return out;
}

bool same(const Big& a, const Big& b) {
    return BN_cmp(a.get(), b.get()) == 0;
}

template <class F, class Operation>
std::size_t wrong_lanes(const F& result, Operation operation, const F& a, const F& b) {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < F::width; ++i) {
        const Big expected = modular(operation, lane_value(a, i), lane_value(b, i));
        if (!same(lane_value(result, i), expected) ||
            !same(canonical_lane_value(result, i), expected))
            ++wrong;
    }
    return wrong;
}

template <class F>
std::size_t wrong_lane_results(int rounds) {
    std::size_t wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        const F a = sample_lanes<F>(), b = sample_lanes<F>(), c = sample_lanes<F>();
        wrong += wrong_lanes(F(a * b), BN_mod_mul, a, b);
        wrong += wrong_lanes(F(square(a)), BN_mod_mul, a, a);
        wrong += wrong_lanes(F(carry(columns(a) + columns(b))), BN_mod_add, a, b);
        wrong += wrong_lanes(F(carry(columns(a) - columns(b))), BN_mod_sub, a, b);
        // The largest columns that the formulas of points make: h - square, g + 2 zz.
        const F sum = carry(square_columns(a) + square_columns(b) - square_columns(c));
        const F expected_sum =
            carry(columns(F(carry(columns(F(square(a))) + columns(F(square(b)))))) -
                  columns(F(square(c))));
        const F long_sum =
            carry(square_columns(a) - square_columns(b) + (square_columns(c) + square_columns(c)));
        const F expected_long =
            carry(columns(F(carry(columns(F(square(a))) - columns(F(square(b)))))) +
                  columns(F(carry(columns(F(square(c))) + columns(F(square(c)))))));
        const F unlike = (a - b) * c;
        const F expected_unlike = F(carry(columns(a) - columns(b))) * c;
        const F alike = (a + b) * c;
        const F expected_alike = F(carry(columns(a) + columns(b))) * c;
        const typename F::Word all = typename F::Word{} - 1;
        const F minus = carry(columns(a) + columns(b)) * negated_if(all, a);
        for (std::size_t i = 0; i < F::width; ++i) {
            if (!same(lane_value(sum, i), lane_value(expected_sum, i))) ++wrong;
            if (!same(lane_value(long_sum, i), lane_value(expected_long, i))) ++wrong;
            if (!same(lane_value(unlike, i), lane_value(expected_unlike, i))) ++wrong;
            if (!same(lane_value(alike, i), lane_value(expected_alike, i))) ++wrong;
            const Big total = modular(BN_mod_add, lane_value(a, i), lane_value(b, i));
            const Big opposite = modular(BN_mod_sub, number(0), lane_value(a, i));
            if (!same(lane_value(minus, i), modular(BN_mod_mul, total, opposite))) ++wrong;
            const bool odd = BN_is_odd(lane_value(a, i).get()) == 1;
            if ((lane(is_odd(a), i) != 0) != odd) ++wrong;
        }
    }
    return wrong;
}

// As rows of cells in memory and back.
template <class F>
bool travels(const F& a, const F& b) {
    using Word = typename F::Word;
    alignas(64) u64 rows[8][16] = {};
    u64* to[8];
    const u64* from[8];
    for (std::size_t i = 0; i < 8; ++i) from[i] = to[i] = rows[i];
    Word cells[10];
    for (std::size_t i = 0; i < 5; ++i) {
        cells[i] = a.cells().v[i];
        cells[5 + i] = b.cells().v[i];
    }
    F::scatter(to, 10, cells);
    Word back[10];
    F::gather(from, 10, back);
    for (std::size_t c = 0; c < 10; ++c)
        for (std::size_t i = 0; i < F::width; ++i)
            if (lane(back[c], i) != lane(cells[c], i) || rows[i][c] != lane(cells[c], i))
                return false;
    return true;
}

template <class F>
void check_selection() {
    const F a = sample_lanes<F>(), b = sample_lanes<F>();
    Cells<F> condition;
    for (auto& cell : condition.v) cell = typename F::Word{};
    for (std::size_t i = 0; i < F::width; i += 2) {
        if constexpr (F::width == 1)
            condition.v[0] = ~u64{0};
        else
            condition.v[0][i] = ~u64{0};
    }
    const F chosen = select(condition.v[0], a, b);
    for (std::size_t i = 0; i < F::width; ++i)
        CHECK(same(lane_value(chosen, i), lane_value(i % 2 == 0 ? a : b, i)));
    CHECK(travels(a, b));
}

template <class F>
void check_zeros() {
    const F zero = F::constant(zero_limbs), one = F::constant(one_limbs);
    const F p = F::from_limbs({{typename F::Word{} + (limb_mask - 18),
                                typename F::Word{} + limb_mask, typename F::Word{} + limb_mask,
                                typename F::Word{} + limb_mask, typename F::Word{} + limb_mask}});
    for (int round = 0; round < 200; ++round) {
        const F a = sample_lanes<F>();
        const F nothing = carry(columns(a) - columns(a));
        for (std::size_t i = 0; i < F::width; ++i) {
            CHECK(lane(is_zero(nothing), i) == ~u64{0});
            CHECK((lane(is_zero(a), i) != 0) == (BN_is_zero(lane_value(a, i).get()) == 1));
        }
    }
    for (std::size_t i = 0; i < F::width; ++i) {
        CHECK(lane(is_zero(zero), i) == ~u64{0});
        CHECK(lane(is_zero(one), i) == 0);
        CHECK(lane(is_zero(p), i) == ~u64{0});
        CHECK(lane(is_odd(one), i) == ~u64{0});
    }
}

// Lane by lane what one lane alone says, for encodings of every kind.
template <class F>
std::size_t wrong_points(int rounds) {
    constexpr std::size_t groups = 2;
    std::size_t wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        ByteArray<32> texts[groups][F::width];
        typename F::Word words[groups][4] = {};
        for (std::size_t g = 0; g < groups; ++g)
            for (std::size_t i = 0; i < F::width; ++i) {
                ByteArray<32>& text = texts[g][i];
                for (u8& byte : text) byte = static_cast<u8>(lane_random()());
                if (lane_random()() % 4 == 0) {  // small, or at the modulus and above
                    const u8 fill = lane_random()() % 2 == 0 ? 0 : 0xff;
                    std::fill(text.begin() + 1, text.end(), fill);
                    if (lane_random()() % 2 == 0) text[31] ^= 0x80;
                }
                for (std::size_t b = 0; b < 32; ++b)
                    words[g][b / 8][i] |= static_cast<u64>(text[b]) << (8 * (b % 8));
            }
        Decompressed<F> together[groups];
        decompress<F, groups>(words, together);
        for (std::size_t g = 0; g < groups; ++g)
            for (std::size_t i = 0; i < F::width; ++i) {
                u64 alone[1][4];
                for (std::size_t w = 0; w < 4; ++w) alone[0][w] = words[g][w][i];
                Decompressed<Portable> expected[1];
                decompress<Portable, 1>(alone, expected);
                if (lane(together[g].on_curve, i) != expected[0].on_curve) ++wrong;
                if (expected[0].on_curve == 0) continue;
                if (!same(lane_value(together[g].x, i), lane_value(expected[0].x, 0))) ++wrong;
                if (!same(lane_value(together[g].y, i), lane_value(expected[0].y, 0))) ++wrong;
            }
    }
    return wrong;
}

}  // namespace

TEST_CASE("ed25519 lanes: products, squares, sums and differences agree with big integers") {
    CHECK(wrong_lane_results<Portable>(2000) == 0);
    CHECK(wrong_lane_results<EmulatedFmaLanes>(1000) == 0);
    CHECK(wrong_lane_results<EmulatedIfmaLanes>(500) == 0);
}

TEST_CASE("ed25519 lanes: selection takes each lane by its condition, rows of cells come back") {
    check_selection<EmulatedFmaLanes>();
    check_selection<EmulatedIfmaLanes>();
    check_selection<Portable>();
}

TEST_CASE("ed25519 lanes: zero and oddness are seen in each lane") {
    check_zeros<Portable>();
    check_zeros<EmulatedFmaLanes>();
    check_zeros<EmulatedIfmaLanes>();
}

TEST_CASE("ed25519 lanes: encodings give the points that one lane gives") {
    CHECK(wrong_points<EmulatedFmaLanes>(40) == 0);
    CHECK(wrong_points<EmulatedIfmaLanes>(20) == 0);
}
