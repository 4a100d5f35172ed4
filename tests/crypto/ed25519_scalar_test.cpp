#include "crypto/ed25519/scalar.h"

#include <doctest/doctest.h>
#include <sodium.h>

#include <cstdlib>
#include <random>

#include "tests/crypto/ed25519_elements.h"
#include "tests/support/big_numbers.h"

using namespace jangbu;
using namespace jangbu::crypto::ed25519;
using namespace jangbu::tests;

namespace {

Big order_number() {
    BIGNUM* out = nullptr;
    BN_dec2bn(&out, "27742317777372353535851937790883648493");
    Big c(out), power(BN_new());
    BN_set_bit(power.get(), 252);
    BN_add(c.get(), c.get(), power.get());
    return c;
}

template <std::size_t N>
ByteArray<N> little_endian(const BIGNUM* n) {
    ByteArray<N> out;
    REQUIRE(BN_bn2lebinpad(n, out.data(), static_cast<int>(N)) == static_cast<int>(N));
    return out;
}

// By libsodium, which shares nothing with the code under test.
ByteArray<32> reduced_by_libsodium(const ByteArray<64>& wide) {
    ByteArray<32> out;
    crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
    return out;
}

ByteArray<64> random_wide(std::mt19937_64& random) {
    ByteArray<64> out;
    const u64 style = random() % 4;
    for (u8& byte : out) byte = style == 0 && random() % 2 != 0 ? 0xff : static_cast<u8>(random());
    if (style == 1) std::fill(out.begin() + 32, out.end(), u8{0});
    if (style == 2) std::fill(out.begin(), out.begin() + 32, u8{0});
    return out;
}

}  // namespace

TEST_CASE("ed25519 scalar: the order is that of RFC 8032") {
    CHECK(bytes(order) == little_endian<32>(order_number().get()));
}

TEST_CASE("ed25519 scalar: reduces 512 bits like libsodium") {
    std::mt19937_64 random(7);
    std::size_t wrong = 0;
    for (int i = 0; i < 20'000; ++i) {
        const ByteArray<64> wide = random_wide(random);
        if (bytes(reduce(wide)) != reduced_by_libsodium(wide)) ++wrong;
    }
    CHECK(wrong == 0);
    ByteArray<64> ones;
    ones.fill(0xff);
    CHECK(bytes(reduce(ones)) == reduced_by_libsodium(ones));
    CHECK(reduce(ByteArray<64>{}) == Scalar{});
}

TEST_CASE("ed25519 scalar: multiples of the order and their neighbours reduce to 0, 1 and L - 1") {
    const Big l = order_number();
    Big least(BN_new());
    BN_sub(least.get(), l.get(), BN_value_one());
    const Scalar top = *read_canonical(little_endian<32>(least.get()));
    for (int shift = 0; shift < 512 - 253; ++shift) {
        Big multiple(BN_new());
        BN_lshift(multiple.get(), l.get(), shift);
        CHECK(reduce(little_endian<64>(multiple.get())) == Scalar{});
        BN_add_word(multiple.get(), 1);
        CHECK(reduce(little_endian<64>(multiple.get())) == Scalar{{1, 0, 0, 0}});
        BN_sub_word(multiple.get(), 2);
        CHECK(reduce(little_endian<64>(multiple.get())) == top);
    }
}

TEST_CASE("ed25519 scalar: canonical is below the order, exactly") {
    const Big l = order_number();
    CHECK(!read_canonical(little_endian<32>(l.get())));
    Big n(BN_dup(l.get()));
    BN_sub_word(n.get(), 1);
    CHECK(read_canonical(little_endian<32>(n.get())).has_value());
    BN_add_word(n.get(), 2);
    CHECK(!read_canonical(little_endian<32>(n.get())));
    CHECK(read_canonical(ByteArray<32>{}) == Scalar{});
    ByteArray<32> ones;
    ones.fill(0xff);
    CHECK(!read_canonical(ones));
    for (std::size_t bit = 253; bit < 256; ++bit) {
        ByteArray<32> high{};
        high[31] = static_cast<u8>(1 << (bit - 248));
        CHECK(!read_canonical(high));
    }
}

TEST_CASE("ed25519 scalar: signed digits are odd, small, sparse and sum to the number") {
    std::mt19937_64 random(11);
    for (unsigned width = 2; width <= 8; ++width)
        for (int round = 0; round < 200; ++round) {
            Scalar scalar = reduce(random_wide(random));
            if (round == 0) scalar = order;
            if (round == 1) scalar = {{~u64{0}, ~u64{0}, ~u64{0}, ~u64{0} >> 1}};
            if (round == 2) scalar = {};
            const Digits digits = signed_digits(scalar, width);
            std::size_t faults = 0, last = 1000;
            Big sum(BN_new()), expected(BN_new());
            for (std::size_t i = 256; i-- > 0;) {
                BN_lshift1(sum.get(), sum.get());
                if (digits[i] == 0) continue;
                const auto size = static_cast<BN_ULONG>(std::abs(digits[i]));
                if (digits[i] > 0)
                    BN_add_word(sum.get(), size);
                else
                    BN_sub_word(sum.get(), size);
                if (size % 2 == 0 || size >= 1U << (width - 1) || last - i < width) ++faults;
                last = i;
            }
            CHECK(faults == 0);
            BN_lebin2bn(bytes(scalar).data(), 32, expected.get());
            CHECK(BN_cmp(sum.get(), expected.get()) == 0);
        }
}
