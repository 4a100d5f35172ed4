#include "crypto/ed25519/verify.h"

#include <algorithm>

#include "crypto/ed25519/decompress.h"
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
    const Extended<Field> difference = multiply(k, negated(*a), *s);
    return is_small_order(project(difference - cached(*r)));
}

bool is_admissible(const ByteArray<32>& key) {
    const auto point = decompress(key);
    if (!point) return false;
    // Canonical: the bytes that encoding this point gives.
    ByteArray<32> encoded = to_bytes(point->y);
    if (is_odd(point->x)) encoded[31] |= 0x80;
    if (encoded != key) return false;
    if (is_identity(project(*point))) return false;
    return is_identity(project(multiply(order, *point, Scalar{})));
}

}  // namespace jangbu::crypto::ed25519
