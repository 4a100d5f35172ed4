// ristretto255 over libsodium with strict decoding: canonical points, never the identity; canonical
// scalars.
//
// libsodium alone accepts a scalar m + L and a set top bit; nothing here does.
// RFC 9497, suite ristretto255-SHA512, mode VOPRF (0x01): HashToGroup, HashToScalar, GenerateProof,
// VerifyProof.
#pragma once

#include <optional>
#include <span>

#include "base/strong_id.h"
#include "crypto/hash.h"

namespace jangbu::crypto {

using PointBytes = ByteArray<32>;   // as it travels; not yet judged
using ScalarBytes = ByteArray<32>;  // as it travels; not yet judged

// A valid point other than the identity.
class Point {
public:
    static std::optional<Point> decode(const PointBytes& bytes);
    static Point base();
    const PointBytes& bytes() const { return bytes_; }
    bool operator==(const Point&) const = default;

private:
    explicit Point(const PointBytes& bytes) : bytes_(bytes) {}
    friend struct PointMaker;
    PointBytes bytes_{};
};

// A scalar below L. Zero is a scalar; where the protocol refuses it, the caller asks is_zero().
class Scalar {
public:
    static std::optional<Scalar> decode(const ScalarBytes& bytes);
    const ScalarBytes& bytes() const { return bytes_; }
    bool is_zero() const;
    bool operator==(const Scalar&) const = default;

private:
    explicit Scalar(const ScalarBytes& bytes) : bytes_(bytes) {}
    friend struct ScalarMaker;
    ScalarBytes bytes_{};
};

Scalar add(const Scalar& a, const Scalar& b);
Scalar sub(const Scalar& a, const Scalar& b);
// Nothing when the result is the identity.
std::optional<Point> add(const Point& a, const Point& b);
std::optional<Point> mul(const Scalar& k, const Point& p);
std::optional<Point> mul_base(const Scalar& k);

Point hash_to_group(ByteView input);
Scalar hash_to_scalar(std::initializer_list<ByteView> parts);

struct DleqProof {
    ScalarBytes c{};
    ScalarBytes s{};
};
// RFC 9497 section 2.2.1 with the nonce r given by the caller (formats.md section 8).
DleqProof generate_proof(const Scalar& k, const Point& a, const Point& b, std::span<const Point> c,
                         std::span<const Point> d, const Scalar& r);
// RFC 9497 section 2.2.2. c and s are decoded strictly: a non-canonical scalar is a false proof.
bool verify_proof(const Point& a, const Point& b, std::span<const Point> c,
                  std::span<const Point> d, const DleqProof& proof);

}  // namespace jangbu::crypto
