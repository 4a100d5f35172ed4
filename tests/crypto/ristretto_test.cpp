#include "crypto/ristretto.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "crypto/fair_exchange.h"
#include "tests/support/vectors.h"

namespace jangbu::crypto {
namespace {

using test::array_of;
using test::bytes_of;
using test::json;

Scalar scalar(const json& text) {
    return Scalar::decode(array_of<32>(text)).value();
}
Point point(const json& text) {
    return Point::decode(array_of<32>(text)).value();
}
DleqProof proof_of(const json& text) {
    const ByteArray<64> both = array_of<64>(text);
    DleqProof proof;
    std::copy_n(both.begin(), 32, proof.c.begin());
    std::copy_n(both.begin() + 32, 32, proof.s.begin());
    return proof;
}
Bytes proof_bytes(const DleqProof& proof) {
    return concat({proof.c, proof.s});
}

// One vector of RFC 9497 appendix A.1.2.
struct Batch {
    std::vector<Point> blinded;
    std::vector<Point> evaluated;
    explicit Batch(const json& vector) {
        for (const json& text : vector["blinded_element"]) blinded.push_back(point(text));
        for (const json& text : vector["evaluation_element"]) evaluated.push_back(point(text));
    }
};

// The order of the group, RFC 9496 section 4.4, little-endian.
const ByteArray<32> group_order =
    *from_hex_array<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

TEST_CASE("ristretto: HashToGroup and HashToScalar of RFC 9497") {
    const json& file = test::vectors("voprf_rfc9497.json");
    REQUIRE(file["hash_to"].size() == 3);
    for (const json& entry : file["hash_to"]) {
        const Bytes input = bytes_of(entry["input"]);
        CHECK(hash_to_group(input) == point(entry["group"]));
        CHECK(hash_to_scalar({input}) == scalar(entry["scalar"]));
        const std::size_t half = input.size() / 2;
        CHECK(hash_to_scalar({ByteView(input).first(half), ByteView(input).subspan(half)}) ==
              scalar(entry["scalar"]));
    }
}

TEST_CASE("ristretto: RFC 9497 appendix A.1.2, blinding, evaluation and output") {
    const json& file = test::vectors("voprf_rfc9497.json");
    const Scalar key = scalar(file["sk"]);
    CHECK(mul_base(key) == point(file["pk"]));
    REQUIRE(file["vectors"].size() == 3);
    for (const json& vector : file["vectors"]) {
        const Batch batch(vector);
        const Scalar r = scalar(vector["proof_random_scalar"]);
        for (std::size_t i = 0; i < batch.blinded.size(); ++i) {
            const Bytes input = bytes_of(vector["input"][i]);
            CHECK(mul(scalar(vector["blind"][i]), hash_to_group(input)) == batch.blinded[i]);
            CHECK(mul(key, batch.blinded[i]) == batch.evaluated[i]);
            // The chunk key is the first half of the PRF output over the unblinded element.
            const Point element = fx1::chunk_point(key, input);
            const Bytes output = bytes_of(vector["output"][i]);
            const Hash half = fx1::chunk_key(input, element.bytes());
            CHECK(std::equal(half.begin(), half.end(), output.begin()));
        }
        CHECK(proof_bytes(generate_proof(key, Point::base(), point(file["pk"]), batch.blinded,
                                         batch.evaluated, r)) == bytes_of(vector["proof"]));
    }
}

TEST_CASE("ristretto: RFC 9497 proofs verify, and not after any change") {
    const json& file = test::vectors("voprf_rfc9497.json");
    const Point pk = point(file["pk"]);
    for (const json& vector : file["vectors"]) {
        const Batch batch(vector);
        const DleqProof proof = proof_of(vector["proof"]);
        const auto verifies = [&](const DleqProof& p) {
            return verify_proof(Point::base(), pk, batch.blinded, batch.evaluated, p);
        };
        CHECK(verifies(proof));
        for (std::size_t bit = 0; bit < 256; bit += 5) {
            DleqProof changed = proof;
            changed.c[bit / 8] = static_cast<u8>(changed.c[bit / 8] ^ (1U << bit % 8));
            CHECK_FALSE(verifies(changed));
            changed = proof;
            changed.s[bit / 8] = static_cast<u8>(changed.s[bit / 8] ^ (1U << bit % 8));
            CHECK_FALSE(verifies(changed));
        }
        CHECK_FALSE(verifies(DleqProof{}));
        CHECK_FALSE(verifies(DleqProof{proof.s, proof.c}));
        CHECK_FALSE(verify_proof(Point::base(), pk, batch.evaluated, batch.blinded, proof));
        CHECK_FALSE(
            verify_proof(Point::base(), batch.blinded[0], batch.blinded, batch.evaluated, proof));
        CHECK_FALSE(verify_proof(pk, Point::base(), batch.blinded, batch.evaluated, proof));
        if (batch.blinded.size() == 2) {
            std::vector<Point> swapped{batch.blinded[1], batch.blinded[0]};
            CHECK_FALSE(verify_proof(Point::base(), pk, swapped, batch.evaluated, proof));
        }
    }
}

TEST_CASE("ristretto: a proof made with the nonce zero is valid") {
    const Scalar key = hash_to_scalar({as_bytes("key")});
    const Point y = mul_base(key).value();
    const Point c = hash_to_group(as_bytes("c"));
    const Point d = mul(key, c).value();
    const Scalar zero = Scalar::decode({}).value();
    CHECK(verify_proof(Point::base(), y, {&c, 1}, {&d, 1},
                       generate_proof(key, Point::base(), y, {&c, 1}, {&d, 1}, zero)));
}

TEST_CASE("ristretto: a scalar is refused from L on and with its top bit") {
    CHECK(Scalar::decode({}).value().is_zero());
    CHECK_FALSE(Scalar::decode(group_order).has_value());
    ByteArray<32> bytes = group_order;
    bytes[0] = 0xEC;
    CHECK(Scalar::decode(bytes).has_value());  // L - 1
    bytes[0] = 0xEE;
    CHECK_FALSE(Scalar::decode(bytes).has_value());  // L + 1
    for (u8 top : {u8{0x20}, u8{0x40}, u8{0x80}}) {
        ByteArray<32> high{5};
        high[31] = top;
        CHECK_FALSE(Scalar::decode(high).has_value());
    }
    ByteArray<32> ones{};
    ones.fill(0xFF);
    CHECK_FALSE(Scalar::decode(ones).has_value());
}

TEST_CASE("ristretto: scalars add and subtract below L") {
    ByteArray<32> bytes = group_order;
    bytes[0] = 0xEC;
    const Scalar minus_one = Scalar::decode(bytes).value();
    const Scalar one = Scalar::decode({1}).value();
    const Scalar zero = Scalar::decode({}).value();
    CHECK(add(minus_one, one) == zero);
    CHECK(sub(zero, one) == minus_one);
    CHECK(sub(one, one).is_zero());
    CHECK_FALSE(one.is_zero());
    CHECK(add(minus_one, minus_one) == sub(minus_one, one));
}

// RFC 9496 appendix A.1: multiples 0 to 4 of the generator.
constexpr const char* multiples[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
    "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
};

TEST_CASE("ristretto: multiples of the generator, RFC 9496 appendix A.1") {
    CHECK(to_hex(Point::base().bytes()) == multiples[1]);
    CHECK_FALSE(mul_base(Scalar::decode({}).value()).has_value());
    for (u8 k = 1; k < 5; ++k)
        CHECK(to_hex(mul_base(Scalar::decode({k}).value()).value().bytes()) == multiples[k]);
    const Point two = add(Point::base(), Point::base()).value();
    CHECK(to_hex(two.bytes()) == multiples[2]);
    CHECK(to_hex(add(two, Point::base()).value().bytes()) == multiples[3]);
    CHECK(to_hex(mul(Scalar::decode({2}).value(), two).value().bytes()) == multiples[4]);
}

TEST_CASE("ristretto: a point and its negative add to nothing") {
    ByteArray<32> bytes = group_order;
    bytes[0] = 0xEC;
    const Point negative = mul_base(Scalar::decode(bytes).value()).value();
    CHECK_FALSE(add(Point::base(), negative).has_value());
    CHECK_FALSE(mul(Scalar::decode({}).value(), negative).has_value());
}

TEST_CASE("ristretto: the bad encodings of RFC 9496 appendix A.2 and the identity are refused") {
    for (const char* text : {
             // The identity.
             "0000000000000000000000000000000000000000000000000000000000000000",
             // Non-canonical field encodings.
             "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
             "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             // Negative field elements.
             "0100000000000000000000000000000000000000000000000000000000000000",
             "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
             "c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
             // Non-square x^2.
             "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
             "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
             "de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b",
             // s = -1, which would have y = 0.
             "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
         }) {
        INFO(text);
        CHECK_FALSE(Point::decode(*from_hex_array<32>(text)).has_value());
    }
}

TEST_CASE("ristretto: a good point with its top bit set is refused") {
    for (const char* text : {multiples[1], multiples[2], multiples[3], multiples[4]}) {
        PointBytes bytes = *from_hex_array<32>(text);
        CHECK(Point::decode(bytes).has_value());
        bytes[31] = static_cast<u8>(bytes[31] | 0x80);
        CHECK_FALSE(Point::decode(bytes).has_value());
    }
}

}  // namespace
}  // namespace jangbu::crypto
