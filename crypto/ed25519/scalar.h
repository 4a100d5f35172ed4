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

// L - a, and zero for zero. REQUIRES: a < L.
Scalar negated(const Scalar& a);

// A sum of products, reduced once at the end.
class ProductSum {
public:
    // REQUIRES: b < 2^127, fewer than 2^32 products.
    void add(const ByteArray<64>& a, const std::array<u64, 2>& b);
    void add(const Scalar& a, const std::array<u64, 2>& b);
    Scalar reduced() const;  // modulo L

private:
    template <std::size_t N>
    void add_words(const std::array<u64, N>& a, const std::array<u64, 2>& b);

    std::array<u64, 11> words_{};
};

// Signed digits of a fixed width: scalar = sum of digits[i] 2^(width i), each from -2^(width-1) + 1
// to 2^(width-1). REQUIRES: scalar < 2^255; as many digits as 256 / width.
void fixed_digits(const Scalar& scalar, std::span<std::int8_t, 64> digits_of_4);
void fixed_digits(const Scalar& scalar, std::span<std::int16_t, 32> digits_of_8);

// Signed sliding window (width-w NAF): scalar = sum of digits[i] 2^i with every digit zero or odd,
// |digit| < 2^(w-1), and at most one of any w consecutive ones not zero. REQUIRES: scalar < 2^255
// and 2 <= width <= 8.
using Digits = std::array<std::int8_t, 256>;
Digits signed_digits(const Scalar& scalar, unsigned width);

}  // namespace jangbu::crypto::ed25519
