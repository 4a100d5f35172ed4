// Numbers modulo the order of the prime subgroup, L = 2^252 +
// 27742317777372353535851937790883648493.
//
// Variable time: public data only. Little-endian everywhere.
#pragma once

#include "base/bytes.h"

namespace jangbu::crypto::ed25519 {

struct Scalar {
    std::array<u64, 4> words{};  // least first
    bool operator==(const Scalar&) const = default;
};

// L itself, which no reduced scalar equals.
inline constexpr Scalar order{{0x5812631A5CF5D3ED, 0x14DEF9DEA2F79CD6, 0, 0x1000000000000000}};

// Nothing if the number is not below L: the malleability check of RFC 8032 section 5.1.7.
std::optional<Scalar> read_canonical(std::span<const u8, 32> bytes);
// 512 bits modulo L.
Scalar reduce(const ByteArray<64>& bytes);

// Signed sliding window (width-w NAF): scalar = sum of digits[i] 2^i with every digit zero or odd,
// |digit| < 2^(w-1), and at most one of any w consecutive ones not zero. REQUIRES: scalar < 2^255
// and 2 <= width <= 8.
using Digits = std::array<std::int8_t, 256>;
Digits signed_digits(const Scalar& scalar, unsigned width);

}  // namespace jangbu::crypto::ed25519
