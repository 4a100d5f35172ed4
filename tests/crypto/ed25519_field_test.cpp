// The field against big integers of OpenSSL, over random limbs and over the largest that each type
// permits.
#include "crypto/ed25519/field.h"

#include <doctest/doctest.h>
#include <openssl/bn.h>

#include <memory>
#include <random>

#include "crypto/ed25519/power.h"

using namespace jangbu;
using namespace jangbu::crypto::ed25519;

namespace {

struct Free {
    void operator()(BIGNUM* n) const { BN_free(n); }
    void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Big = std::unique_ptr<BIGNUM, Free>;

BN_CTX* context() {
    static const std::unique_ptr<BN_CTX, Free> only(BN_CTX_new());
    return only.get();
}

Big number(u64 value) {
    Big out(BN_new());
    BN_set_word(out.get(), value);
    return out;
}
Big power_of_two(int exponent) {
    Big out(BN_new());
    BN_set_bit(out.get(), exponent);
    return out;
}
const BIGNUM* prime() {
    static const Big p = [] {
        Big out = power_of_two(255);
        BN_sub_word(out.get(), 19);
        return out;
    }();
    return p.get();
}

// The element that limbs stand for, below the modulus.
template <unsigned W>
Big value(const Limbs<W>& a) {
    Big out = number(0);
    for (std::size_t i = 5; i-- > 0;) {
        BN_lshift(out.get(), out.get(), 51);
        BN_add_word(out.get(), a.v[i]);
    }
    BN_nnmod(out.get(), out.get(), prime(), context());
    return out;
}

ByteArray<32> bytes(const Big& n) {
    ByteArray<32> out;
    BN_bn2lebinpad(n.get(), out.data(), 32);
    return out;
}

template <class Operation, class... Operands>
Big modular(Operation operation, const Operands&... operands) {
    Big out(BN_new());
    operation(out.get(), operands.get()..., prime(), context());
    return out;
}

template <unsigned W>
constexpr u64 limb_max = W * ((u64{1} << 51) + (u64{1} << 13)) - 1;

std::mt19937_64& generator() {
    static std::mt19937_64 only(20'250'519);
    return only;
}

// Limbs that are random, zero, or the largest the type permits.
template <unsigned W>
Limbs<W> sample() {
    std::mt19937_64& random = generator();
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
        const Field product = a * b;
        const Field carried = carry(a);
        if (!within_bounds(sum) || !within_bounds(difference) || !within_bounds(product) ||
            !within_bounds(carried))
            ++wrong;
        if (bytes(value(sum)) != bytes(modular(BN_mod_add, value(a), value(b)))) ++wrong;
        if (bytes(value(difference)) != bytes(modular(BN_mod_sub, value(a), value(b)))) ++wrong;
        if (to_bytes(product) != bytes(modular(BN_mod_mul, value(a), value(b)))) ++wrong;
        if (to_bytes(carried) != bytes(value(a))) ++wrong;
        if constexpr (A * A <= 81) {
            const Field squared = square(a);
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
    Field zero_and_largest = zero;
    zero_and_largest.v[4] = limb_max<1>;
    CHECK(bytes(value(zero - zero_and_largest)) == to_bytes(carry(zero - zero_and_largest)));
}

TEST_CASE("ed25519 field: bytes round trip, and values at the modulus and above are reduced") {
    for (u64 offset = 0; offset < 20; ++offset) {
        const Field a = from_bytes(near_top(offset));  // p - 1, p, p + 1, ..., 2^255 - 1
        const Big expected = number(offset == 0 ? 0 : offset - 1);
        if (offset == 0)
            CHECK(to_bytes(a) == near_top(0));
        else
            CHECK(to_bytes(a) == bytes(expected));
        CHECK(is_zero(a) == (offset == 1));
        CHECK(is_odd(a) == (offset > 0 && offset % 2 == 0));
    }
    for (int i = 0; i < 2000; ++i) {
        ByteArray<32> random;
        for (u8& byte : random) byte = static_cast<u8>(generator()());
        const Field ignoring_sign = from_bytes(random);
        random[31] &= 0x7f;
        CHECK(to_bytes(ignoring_sign) == random);
    }
}

TEST_CASE("ed25519 field: zero is seen in each of its forms") {
    CHECK(is_zero(zero));
    CHECK(!is_zero(one));
    const Field p{{limb_mask - 18, limb_mask, limb_mask, limb_mask, limb_mask}};
    CHECK(is_zero(p));
    CHECK(is_zero(carry(p + p)));
    CHECK(is_zero(carry(zero - zero)));
    for (int i = 0; i < 1000; ++i) {
        const Field a = sample<1>();
        CHECK(is_zero(carry(a - a)));
        CHECK(is_odd(a) == (BN_is_odd(value(a).get()) == 1));
    }
}

TEST_CASE("ed25519 field: the two powers agree with big integers") {
    Big root_exponent = power_of_two(252);
    BN_sub_word(root_exponent.get(), 3);
    Big inverse_exponent = power_of_two(255);
    BN_sub_word(inverse_exponent.get(), 21);
    for (int i = 0; i < 100; ++i) {
        const Field a = i == 0 ? zero : sample<1>();
        CHECK(to_bytes(power_p58(a)) == bytes(modular(BN_mod_exp, value(a), root_exponent)));
        CHECK(to_bytes(inverse(a)) == bytes(modular(BN_mod_exp, value(a), inverse_exponent)));
    }
}

TEST_CASE("ed25519 field: the constants satisfy their definitions") {
    const Field d_times = curve_d * Field{{121666, 0, 0, 0, 0}};
    CHECK(is_zero(carry(d_times + Field{{121665, 0, 0, 0, 0}})));
    CHECK(is_zero(carry(curve_2d - (curve_d + curve_d))));
    CHECK(is_zero(carry(square(sqrt_minus_one) + one)));
}
