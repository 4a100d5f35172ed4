#include "crypto/ed25519/verify.h"

#include <algorithm>

#include "crypto/ed25519/multiply.h"
#include "crypto/hash.h"

namespace jangbu::crypto::ed25519 {

bool verify(const ByteArray<32>& key, ByteView message, const ByteArray<64>& signature) {
    const std::optional<Scalar> s = read_canonical(std::span(signature).last<32>());
    if (!s) return false;
    ByteArray<32> r_bytes;
    std::copy_n(signature.begin(), 32, r_bytes.begin());
    const auto a = decompress(key);
    const auto r = decompress(r_bytes);
    if (!a || !r) return false;

    // [8]([S]B - [k]A - R) = 0. Reducing k loses nothing: 8 L times any point is the identity.
    const Scalar k = reduce(sha512({r_bytes, key, message}));
    const auto difference = multiply(k, negated(extended(a->x, a->y)), *s);
    const Affine<Portable> minus_r = negated_if(~u64{0}, affine(r->x, r->y));
    return is_small_order(project(difference + minus_r)) != 0;
}

bool is_admissible(const ByteArray<32>& key) {
    const auto point = decompress(key);
    if (!point) return false;
    // Canonical: the bytes that encoding this point gives.
    ByteArray<32> encoded = to_bytes(point->y);
    if (is_odd(point->x) != 0) encoded[31] |= 0x80;
    if (encoded != key) return false;
    const Extended<Portable> whole = extended(point->x, point->y);
    if (is_identity(project(whole)) != 0) return false;
    return is_identity(project(multiply(order, whole, Scalar{}))) != 0;
}

}  // namespace jangbu::crypto::ed25519
