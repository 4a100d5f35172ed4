// The field against big integers of OpenSSL, over random limbs and over the largest that each type
// permits.
#include "crypto/ed25519/field_portable.h"

#include <doctest/doctest.h>
#include <openssl/bn.h>

#include <random>

#include "crypto/ed25519/power.h"
#include "tests/crypto/ed25519_elements.h"
#include "tests/support/big_numbers.h"

using namespace jangbu;
using namespace jangbu::crypto::ed25519;
using namespace jangbu::tests;

namespace {

const Portable field_zero = Portable::constant(zero_limbs);
const Portable curve_2d = Portable::constant(curve_2d_limbs);
const Portable sqrt_minus_one = Portable::constant(sqrt_minus_one_limbs);

bool seen_odd(const Portable& a) {
    return is_odd(a) != 0;
}

// The element that limbs stand for, below the modulus.
template <unsigned W>
Big value(const Limbs<W>& a) {
    Big out = number(0);
    for (std::size_t i = 5; i-- > 0;) {
        BN_lshift(out.get(), out.get(), 51);
        BN_add_word(out.get(), a.v[i]);
    }
    BN_nnmod(out.get(), out.get(), prime(), big_context());
    return out;
}

template <unsigned W>
constexpr u64 limb_max = W * ((u64{1} << 51) + (u64{1} << 13)) - 1;

std::mt19937_64& field_random() {
    static std::mt19937_64 only(20'250'519);
    return only;
}

// Limbs that are random, zero, or the largest the type permits.
template <unsigned W>
Limbs<W> sample() {
    std::mt19937_64& random = field_random();
    Limbs<W> out;
    const u64 style = random() % 8;
    for (u64& limb : out.v) {
        const u64 pick = style == 0 ? 0 : random() % 4;
        if (style == 1 || pick == 0)
            limb = limb_max<W>;
        else if (pick == 1)
            limb = 0;
        else
            limb = random() % (limb_max<W> + 1);
    }
    return out;
}

template <unsigned W>
bool within_bounds(const Limbs<W>& a) {
    for (u64 limb : a.v)
        if (limb > limb_max<W>) return false;
    return true;
}

template <unsigned A, unsigned B>
std::size_t wrong_results(int rounds) {
    std::size_t wrong = 0;
    for (int i = 0; i < rounds; ++i) {
        const Limbs<A> a = sample<A>();
        const Limbs<B> b = sample<B>();
        const auto sum = a + b;
        const auto difference = a - b;
        const Portable product = a * b;
        const Portable carried = carry(a);
        if (!within_bounds(sum) || !within_bounds(difference) || !within_bounds(product) ||
            !within_bounds(carried))
            ++wrong;
        if (bytes(value(sum)) != bytes(modular(BN_mod_add, value(a), value(b)))) ++wrong;
        if (bytes(value(difference)) != bytes(modular(BN_mod_sub, value(a), value(b)))) ++wrong;
        if (to_bytes(product) != bytes(modular(BN_mod_mul, value(a), value(b)))) ++wrong;
        if (to_bytes(carried) != bytes(value(a))) ++wrong;
        if constexpr (A * A <= 81) {
            const Portable squared = square(a);
            if (!within_bounds(squared)) ++wrong;
            if (to_bytes(squared) != bytes(modular(BN_mod_sqr, value(a)))) ++wrong;
        }
    }
    return wrong;
}

// The 32 bytes of 2^255 - 20 + offset, where offset counts through the modulus.
ByteArray<32> near_top(u64 offset) {
    ByteArray<32> out;
    out.fill(0xff);
    out[31] = 0x7f;
    out[0] = static_cast<u8>(0xec + offset);
    return out;
}

}  // namespace

TEST_CASE("ed25519 field: sums, differences, products and squares agree with big integers") {
    CHECK(wrong_results<1, 1>(4000) == 0);
    CHECK(wrong_results<2, 3>(2000) == 0);
    CHECK(wrong_results<5, 5>(2000) == 0);
    CHECK(wrong_results<9, 9>(2000) == 0);
    CHECK(wrong_results<1, 81>(1000) == 0);
    CHECK(wrong_results<81, 1>(1000) == 0);
}

TEST_CASE("ed25519 field: the largest limbs of all do not overflow") {
    Limbs<9> a;
    a.v.fill(limb_max<9>);
    CHECK(to_bytes(a * a) == bytes(modular(BN_mod_sqr, value(a))));
    CHECK(to_bytes(square(a)) == to_bytes(a * a));
    Portable zero_and_largest = field_zero;
    zero_and_largest.v[4] = limb_max<1>;
    CHECK(bytes(value(field_zero - zero_and_largest)) ==
          to_bytes(carry(field_zero - zero_and_largest)));
}

TEST_CASE("ed25519 field: bytes round trip, and values at the modulus and above are reduced") {
    for (u64 offset = 0; offset < 20; ++offset) {
        const Portable a = from_bytes(near_top(offset));  // p - 1, p, p + 1, ..., 2^255 - 1
        const Big expected = number(offset == 0 ? 0 : offset - 1);
        if (offset == 0)
            CHECK(to_bytes(a) == near_top(0));
        else
            CHECK(to_bytes(a) == bytes(expected));
        CHECK(seen_zero(a) == (offset == 1));
        CHECK(seen_odd(a) == (offset > 0 && offset % 2 == 0));
    }
    for (int i = 0; i < 2000; ++i) {
        ByteArray<32> random;
        for (u8& byte : random) byte = static_cast<u8>(field_random()());
        const Portable ignoring_sign = from_bytes(random);
        random[31] &= 0x7f;
        CHECK(to_bytes(ignoring_sign) == random);
    }
}

TEST_CASE("ed25519 field: zero is seen in each of its forms") {
    CHECK(seen_zero(field_zero));
    CHECK(!seen_zero(field_one));
    const Portable p{{limb_mask - 18, limb_mask, limb_mask, limb_mask, limb_mask}};
    CHECK(seen_zero(p));
    CHECK(seen_zero(carry(p + p)));
    CHECK(seen_zero(carry(field_zero - field_zero)));
    for (int i = 0; i < 1000; ++i) {
        const Portable a = sample<1>();
        CHECK(seen_zero(carry(a - a)));
        CHECK(seen_odd(a) == (BN_is_odd(value(a).get()) == 1));
    }
}

TEST_CASE("ed25519 field: the two powers agree with big integers") {
    Big root_exponent = power_of_two(252);
    BN_sub_word(root_exponent.get(), 3);
    Big inverse_exponent = power_of_two(255);
    BN_sub_word(inverse_exponent.get(), 21);
    for (int i = 0; i < 100; ++i) {
        const Portable a = i == 0 ? field_zero : sample<1>();
        CHECK(to_bytes(power_p58(a)) == bytes(modular(BN_mod_exp, value(a), root_exponent)));
        CHECK(to_bytes(inverse(a)) == bytes(modular(BN_mod_exp, value(a), inverse_exponent)));
    }
}

TEST_CASE("ed25519 field: the constants satisfy their definitions") {
    const Portable d_times = curve_d * Portable{{121666, 0, 0, 0, 0}};
    CHECK(seen_zero(carry(d_times + Portable{{121665, 0, 0, 0, 0}})));
    CHECK(seen_zero(carry(curve_2d - (curve_d + curve_d))));
    CHECK(seen_zero(carry(square(sqrt_minus_one) + field_one)));
}
