#include "crypto/ristretto.h"

#include <sodium.h>

#include <algorithm>
#include <vector>

#include "base/assert.h"

namespace jangbu::crypto {

// Wraps bytes that a computation made and that therefore need no judging.
struct PointMaker {
    static Point make(const PointBytes& bytes) { return Point(bytes); }
};
struct ScalarMaker {
    static Scalar make(const ScalarBytes& bytes) { return Scalar(bytes); }
};

namespace {

// Each ends in the contextString "OPRFV1-" || I2OSP(1, 1) || "-ristretto255-SHA512".
constexpr std::string_view group_dst = "HashToGroup-OPRFV1-\x01-ristretto255-SHA512";
constexpr std::string_view scalar_dst = "HashToScalar-OPRFV1-\x01-ristretto255-SHA512";
constexpr std::string_view seed_dst = "Seed-OPRFV1-\x01-ristretto255-SHA512";

constexpr PointBytes identity{};  // 32 zero bytes encode it

// Group operations on encodings that may be the identity, for the middle of a computation.
// libsodium reports an identity result as a failure, after it wrote the zeros; the operands are
// known to decode.
PointBytes raw_mul(const Scalar& k, const PointBytes& p) {
    PointBytes out{};
    if (p == Point::base().bytes()) {
        if (crypto_scalarmult_ristretto255_base(out.data(), k.bytes().data()) != 0) return identity;
    } else if (crypto_scalarmult_ristretto255(out.data(), k.bytes().data(), p.data()) != 0) {
        return identity;
    }
    return out;
}

PointBytes raw_add(const PointBytes& a, const PointBytes& b) {
    PointBytes out{};
    JANGBU_ASSERT(crypto_core_ristretto255_add(out.data(), a.data(), b.data()) == 0);
    return out;
}

std::optional<Point> unless_identity(const PointBytes& bytes) {
    if (bytes == identity) return std::nullopt;
    return PointMaker::make(bytes);
}

Scalar scalar_mul(const Scalar& a, const Scalar& b) {
    ScalarBytes out{};
    crypto_core_ristretto255_scalar_mul(out.data(), a.bytes().data(), b.bytes().data());
    return ScalarMaker::make(out);
}

// expand_message_xmd of RFC 9380 section 5.3.1 with SHA-512, for 64 bytes: b_1 is the whole output.
Hash512 expand_message(std::initializer_list<ByteView> message, std::string_view dst) {
    static constexpr ByteArray<128> block_of_zeros{};
    static constexpr ByteArray<3> length_and_zero{0, 64, 0};
    static constexpr ByteArray<1> first{1};
    const ByteArray<1> dst_length{static_cast<u8>(dst.size())};

    Bytes text = concat(message);
    const Hash512 b0 = sha512({block_of_zeros, text, length_and_zero, as_bytes(dst), dst_length});
    wipe(text);  // may hold a shared secret
    return sha512({b0, first, as_bytes(dst), dst_length});
}

// Appends len16(part) || part, as RFC 9497 frames what it hashes.
void append_framed(Bytes& out, ByteView part) {
    JANGBU_ASSERT(part.size() <= 0xFFFF);
    const ByteArray<2> length = be16(static_cast<u16>(part.size()));
    out.insert(out.end(), length.begin(), length.end());
    out.insert(out.end(), part.begin(), part.end());
}

// d_i of RFC 9497 section 2.2.1.
std::vector<Scalar> composite_weights(const Point& b, std::span<const Point> c,
                                      std::span<const Point> d) {
    JANGBU_ASSERT(!c.empty() && c.size() == d.size() && c.size() <= 0xFFFF);
    Bytes seed_input;
    append_framed(seed_input, b.bytes());
    append_framed(seed_input, as_bytes(seed_dst));
    const Hash512 seed = sha512({seed_input});

    std::vector<Scalar> weights;
    weights.reserve(c.size());
    for (std::size_t i = 0; i < c.size(); ++i) {
        Bytes text;
        append_framed(text, seed);
        const ByteArray<2> index = be16(static_cast<u16>(i));
        text.insert(text.end(), index.begin(), index.end());
        append_framed(text, c[i].bytes());
        append_framed(text, d[i].bytes());
        weights.push_back(hash_to_scalar({text, as_bytes("Composite")}));
    }
    return weights;
}

PointBytes weighted_sum(std::span<const Scalar> weights, std::span<const Point> points) {
    PointBytes sum = identity;
    for (std::size_t i = 0; i < points.size(); ++i)
        sum = raw_add(sum, raw_mul(weights[i], points[i].bytes()));
    return sum;
}

Scalar challenge(const Point& b, const PointBytes& m, const PointBytes& z, const PointBytes& t2,
                 const PointBytes& t3) {
    Bytes transcript;
    for (const PointBytes& point : {b.bytes(), m, z, t2, t3}) append_framed(transcript, point);
    return hash_to_scalar({transcript, as_bytes("Challenge")});
}

}  // namespace

std::optional<Point> Point::decode(const PointBytes& bytes) {
    // The top bit is looked at here since not every libsodium does.
    if (bytes == identity || (bytes[31] & 0x80) != 0) return std::nullopt;
    if (crypto_core_ristretto255_is_valid_point(bytes.data()) != 1) return std::nullopt;
    return Point(bytes);
}

Point Point::base() {
    static const PointBytes bytes = [] {
        ScalarBytes one{1};
        PointBytes out{};
        JANGBU_ASSERT(crypto_scalarmult_ristretto255_base(out.data(), one.data()) == 0);
        return out;
    }();
    return Point(bytes);
}

std::optional<Scalar> Scalar::decode(const ScalarBytes& bytes) {
    ByteArray<64> wide{};
    std::copy(bytes.begin(), bytes.end(), wide.begin());
    ScalarBytes reduced{};
    crypto_core_ristretto255_scalar_reduce(reduced.data(), wide.data());
    const bool canonical = equal_constant_time(reduced, bytes);
    wipe(wide);
    wipe(reduced);
    if (!canonical) return std::nullopt;
    return Scalar(bytes);
}

bool Scalar::is_zero() const {
    return sodium_is_zero(bytes_.data(), bytes_.size()) == 1;
}

Scalar add(const Scalar& a, const Scalar& b) {
    ScalarBytes out{};
    crypto_core_ristretto255_scalar_add(out.data(), a.bytes().data(), b.bytes().data());
    return ScalarMaker::make(out);
}

Scalar sub(const Scalar& a, const Scalar& b) {
    ScalarBytes out{};
    crypto_core_ristretto255_scalar_sub(out.data(), a.bytes().data(), b.bytes().data());
    return ScalarMaker::make(out);
}

std::optional<Point> add(const Point& a, const Point& b) {
    return unless_identity(raw_add(a.bytes(), b.bytes()));
}

std::optional<Point> mul(const Scalar& k, const Point& p) {
    return unless_identity(raw_mul(k, p.bytes()));
}

std::optional<Point> mul_base(const Scalar& k) {
    return mul(k, Point::base());
}

Point hash_to_group(ByteView input) {
    const Hash512 uniform = expand_message({input}, group_dst);
    PointBytes out{};
    crypto_core_ristretto255_from_hash(out.data(), uniform.data());
    JANGBU_ASSERT(out != identity);  // probability 2^-252
    return PointMaker::make(out);
}

Scalar hash_to_scalar(std::initializer_list<ByteView> parts) {
    Hash512 uniform = expand_message(parts, scalar_dst);
    ScalarBytes out{};
    crypto_core_ristretto255_scalar_reduce(out.data(), uniform.data());
    wipe(uniform);
    return ScalarMaker::make(out);
}

DleqProof generate_proof(const Scalar& k, const Point& a, const Point& b, std::span<const Point> c,
                         std::span<const Point> d, const Scalar& r) {
    const PointBytes m = weighted_sum(composite_weights(b, c, d), c);
    const PointBytes z = raw_mul(k, m);
    const Scalar proof_c = challenge(b, m, z, raw_mul(r, a.bytes()), raw_mul(r, m));
    return {proof_c.bytes(), sub(r, scalar_mul(proof_c, k)).bytes()};
}

bool verify_proof(const Point& a, const Point& b, std::span<const Point> c,
                  std::span<const Point> d, const DleqProof& proof) {
    const std::optional<Scalar> proof_c = Scalar::decode(proof.c);
    const std::optional<Scalar> proof_s = Scalar::decode(proof.s);
    if (!proof_c || !proof_s) return false;

    const std::vector<Scalar> weights = composite_weights(b, c, d);
    const PointBytes m = weighted_sum(weights, c);
    const PointBytes z = weighted_sum(weights, d);
    const PointBytes t2 = raw_add(raw_mul(*proof_s, a.bytes()), raw_mul(*proof_c, b.bytes()));
    const PointBytes t3 = raw_add(raw_mul(*proof_s, m), raw_mul(*proof_c, z));
    return challenge(b, m, z, t2, t3) == *proof_c;
}

}  // namespace jangbu::crypto
