// Points against libsodium and against the curve equation.
#include <doctest/doctest.h>
#include <sodium.h>

#include <random>

#include "crypto/ed25519/multiply.h"
#include "tests/crypto/ed25519_elements.h"

using namespace jangbu;
using namespace jangbu::crypto::ed25519;
using namespace jangbu::tests;

namespace {

using PortablePoint = Extended<Portable>;

ByteArray<32> encode(const PortablePoint& p) {
    const Projective<Portable> doubled = project(p);
    const Portable inverse_z = inverse(doubled.z);
    ByteArray<32> out = to_bytes(doubled.y * inverse_z);
    if (is_odd(doubled.x * inverse_z) != 0) out[31] |= 0x80;
    return out;
}

std::optional<PortablePoint> read_point(const ByteArray<32>& text) {
    const auto point = decompress(text);
    if (!point) return std::nullopt;
    return extended(point->x, point->y);
}

std::mt19937_64& point_random() {
    static std::mt19937_64 only(3);
    return only;
}

ByteArray<32> random_bytes() {
    ByteArray<32> out;
    for (u8& byte : out) byte = static_cast<u8>(point_random()());
    return out;
}

Scalar random_scalar() {
    ByteArray<64> wide;
    for (u8& byte : wide) byte = static_cast<u8>(point_random()());
    return reduce(wide);
}

// On the curve, and T = XY/Z.
bool is_consistent(const PortablePoint& p) {
    const auto [x, y, z] = project(p);  // doubled, and T belongs to the halves
    const Portable xx = square(x), yy = square(y), zz = square(z);
    const Portable left = carry(yy - xx) * zz;
    const Portable right = carry(square(zz) + curve_d * xx * yy);
    const Portable zt = z * p.t;
    return seen_zero(carry(left - right)) && seen_zero(carry(x * y - (zt + zt)));
}

ByteArray<32> encoding(u64 y, bool sign) {
    ByteArray<32> out{};
    for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<u8>(y >> (8 * i));
    if (sign) out[31] = 0x80;
    return out;
}

// x^2 = (y^2 - 1) / (d y^2 + 1) has a root: by the criterion of Euler, with another chain than the
// code under test.
bool has_root(const Portable& y) {
    const Portable u = carry(square(y) - field_one);
    const Portable v = carry(square(y) * curve_d + field_one);
    const Portable quotient = u * inverse(v);
    Portable power = field_one;  // quotient^((p - 1) / 2), (p - 1) / 2 = 2^254 - 10
    for (int bit = 253; bit >= 0; --bit) {
        power = square(power);
        const bool set = bit >= 4 || (0b0110 >> bit & 1) != 0;
        if (set) power = power * quotient;
    }
    return seen_zero(quotient) || seen_zero(carry(power - field_one));
}

}  // namespace

TEST_CASE("ed25519 point: decompresses exactly the y that are on the curve") {
    std::size_t on_curve = 0;
    for (int i = 0; i < 1000; ++i) {
        const ByteArray<32> text =
            i < 200 ? encoding(static_cast<u64>(i), i % 2 != 0) : random_bytes();
        const auto point = decompress(text);
        CHECK(point.has_value() == has_root(from_bytes(text)));
        if (!point) continue;
        ++on_curve;
        CHECK(is_consistent(extended(point->x, point->y)));
        CHECK(((is_odd(point->x) != 0) == (text[31] >> 7 != 0) || seen_zero(point->x)));
        CHECK(seen_zero(carry(point->y - from_bytes(text))));
    }
    CHECK(on_curve > 400);
    CHECK(on_curve < 600);
}

TEST_CASE("ed25519 point: y at the modulus and above is taken as what it stands for") {
    std::size_t on_curve = 0;
    for (u64 above = 0; above < 19; ++above)
        for (bool sign : {false, true}) {
            ByteArray<32> text;
            text.fill(0xff);
            text[0] = static_cast<u8>(0xed + above);
            text[31] = sign ? 0xff : 0x7f;
            const auto point = read_point(text);
            const auto plain = read_point(encoding(above, sign));
            REQUIRE(point.has_value() == plain.has_value());
            if (!point) continue;
            CHECK(encode(*point) == encode(*plain));
            ++on_curve;
        }
    CHECK(on_curve > 4);
}

TEST_CASE("ed25519 point: x = 0 with the sign bit is x = 0") {
    const auto identity_with_sign = read_point(encoding(1, true));
    REQUIRE(identity_with_sign);
    CHECK(is_identity(project(*identity_with_sign)));
    CHECK(seen_zero(decompress(encoding(1, false))->x));
}

TEST_CASE("ed25519 point: sums, differences and doublings agree with libsodium") {
    for (int i = 0; i < 300; ++i) {
        ByteArray<32> a, b, expected;
        crypto_core_ed25519_random(a.data());
        crypto_core_ed25519_random(b.data());
        const auto p = read_point(a), q = read_point(b);
        const auto affine_q = decompress(b);
        REQUIRE((p && q));
        crypto_core_ed25519_add(expected.data(), a.data(), b.data());
        const Affine<Portable> addend = affine(affine_q->x, affine_q->y);
        CHECK(encode(extend(*p + *q)) == expected);
        CHECK(encode(extend(*p + addend)) == expected);
        CHECK(encode(extend(*p + affine(project(*q)))) == expected);
        crypto_core_ed25519_sub(expected.data(), a.data(), b.data());
        CHECK(encode(extend(*p + negated(*q))) == expected);
        CHECK(encode(extend(*p + negated_if(~u64{0}, addend))) == expected);
        crypto_core_ed25519_add(expected.data(), a.data(), a.data());
        const PortablePoint doubled = extend(twice(project(*p)));
        CHECK(encode(doubled) == expected);
        CHECK(is_consistent(doubled));
        CHECK(encode(extend(*p + *p)) == expected);
    }
}

TEST_CASE("ed25519 point: the formulas hold for the identity, opposites and small order") {
    const PortablePoint neutral = identity<Portable>();
    CHECK(is_identity(project(neutral)));
    CHECK(is_small_order(project(neutral)));
    ByteArray<32> text;
    crypto_core_ed25519_random(text.data());
    const PortablePoint p = *read_point(text);
    CHECK(encode(extend(p + neutral)) == text);
    CHECK(encode(extend(neutral + p)) == text);
    CHECK(is_identity(project(p + negated(p))));
    CHECK(!is_identity(project(p)));
    CHECK(!is_small_order(project(p)));
    // A point of order 8 (the first one of the ZIP-215 set that has it).
    const auto torsion = read_point(
        *from_hex_array<32>("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));
    REQUIRE(torsion);
    CHECK(is_small_order(project(*torsion)));
    CHECK(!is_identity(project(twice(project(twice(project(*torsion)))))));
    CHECK(is_consistent(extend(p + *torsion)));
}

TEST_CASE("ed25519 point: [a]P + [b]B agrees with libsodium") {
    for (int i = 0; i < 300; ++i) {
        ByteArray<32> text, left, right, expected;
        crypto_core_ed25519_random(text.data());
        const Scalar a = random_scalar(), b = random_scalar();
        REQUIRE(crypto_scalarmult_ed25519_noclamp(left.data(), bytes(a).data(), text.data()) == 0);
        REQUIRE(crypto_scalarmult_ed25519_base_noclamp(right.data(), bytes(b).data()) == 0);
        crypto_core_ed25519_add(expected.data(), left.data(), right.data());
        const PortablePoint sum = multiply(a, *read_point(text), b);
        CHECK(encode(sum) == expected);
        CHECK(is_consistent(sum));
    }
}

TEST_CASE("ed25519 point: extreme scalars multiply as small ones say") {
    ByteArray<32> text;
    crypto_core_ed25519_random(text.data());
    const PortablePoint p = *read_point(text);
    CHECK(is_identity(project(multiply({}, p, {}))));
    CHECK(encode(multiply({{1, 0, 0, 0}}, p, {})) == text);
    CHECK(is_identity(project(multiply(order, p, {}))));
    CHECK(is_identity(project(multiply({}, p, order))));
    Scalar less_one = order;
    less_one.words[0] -= 1;
    CHECK(encode(multiply(less_one, p, {})) == encode(negated(p)));
}
