// What the tests of the field, the points and the scalars share: known elements and their bytes.
#pragma once

#include "crypto/ed25519/field_portable.h"
#include "crypto/ed25519/scalar.h"

namespace jangbu::tests {

inline const auto field_one = crypto::ed25519::Portable::constant(crypto::ed25519::one_limbs);
inline const auto curve_d = crypto::ed25519::Portable::constant(crypto::ed25519::curve_d_limbs);

inline bool seen_zero(const crypto::ed25519::Portable& a) {
    return is_zero(a) != 0;
}

// 32 little-endian bytes.
inline ByteArray<32> bytes(const crypto::ed25519::Scalar& scalar) {
    ByteArray<32> out;
    for (std::size_t i = 0; i < 32; ++i)
        out[i] = static_cast<u8>(scalar.words[i / 8] >> (8 * (i % 8)));
    return out;
}

}  // namespace jangbu::tests
