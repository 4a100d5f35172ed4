#include "crypto/ed25519/scalar.h"

#include <bit>
#include <cstring>

#include "base/assert.h"

namespace jangbu::crypto::ed25519 {
namespace {

// L = 2^252 + c.
constexpr std::array<u64, 2> c = {order.words[0], order.words[1]};
constexpr u64 top_word_mask = (u64{1} << 60) - 1;

static_assert(std::endian::native == std::endian::little);

template <std::size_t N>
std::array<u64, N> load(std::span<const u8> bytes) {
    std::array<u64, N> words;
    std::memcpy(words.data(), bytes.data(), 8 * N);
    return words;
}

template <std::size_t N>
std::array<u64, 4> low_252(const std::array<u64, N>& x) {
    return {x[0], x[1], x[2], x[3] & top_word_mask};
}

template <std::size_t N>
std::array<u64, N - 3> above_252(const std::array<u64, N>& x) {
    std::array<u64, N - 3> out{};
    for (std::size_t i = 3; i < N; ++i) out[i - 3] = x[i] >> 60 | (i + 1 < N ? x[i + 1] << 4 : 0);
    return out;
}

template <std::size_t N>
std::array<u64, N + 2> times_c(const std::array<u64, N>& x) {
    std::array<u64, N + 2> out{};
    for (std::size_t i = 0; i < N; ++i) {
        u128 carry = 0;
        for (std::size_t j = 0; j < 2; ++j) {
            carry += static_cast<u128>(x[i]) * c[j] + out[i + j];
            out[i + j] = static_cast<u64>(carry);
            carry >>= 64;
        }
        out[i + 2] = static_cast<u64>(carry);
    }
    return out;
}

// Modulo 2^256.
std::array<u64, 4> plus(const std::array<u64, 4>& a, const std::array<u64, 4>& b) {
    std::array<u64, 4> out;
    u128 carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        carry += static_cast<u128>(a[i]) + b[i];
        out[i] = static_cast<u64>(carry);
        carry >>= 64;
    }
    return out;
}

// Modulo 2^256, and whether a < b.
struct Difference {
    std::array<u64, 4> value;
    bool below_zero;
};
Difference minus(const std::array<u64, 4>& a, const std::array<u64, 4>& b) {
    Difference out{};
    u64 borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const u128 difference = static_cast<u128>(a[i]) - b[i] - borrow;
        out.value[i] = static_cast<u64>(difference);
        borrow = static_cast<u64>(difference >> 64) & 1;
    }
    out.below_zero = borrow != 0;
    return out;
}

// The same one word at a time, for numbers of any length.
template <std::size_t N>
std::array<u64, 4> reduce_words(const std::array<u64, N>& x) {
    if constexpr (N == 4) {
        std::array<u64, 4> r = x;
        for (Difference less = minus(r, order.words); !less.below_zero;
             less = minus(r, order.words))
            r = less.value;
        return r;
    } else {
        const std::array<u64, N - 1> high = times_c(above_252(x));
        const Difference r = minus(low_252(x), reduce_words(high));
        return r.below_zero ? plus(r.value, order.words) : r.value;
    }
}

}  // namespace

std::optional<Scalar> read_canonical(std::span<const u8, 32> bytes) {
    const Scalar scalar{load<4>(bytes)};
    if (!minus(scalar.words, order.words).below_zero) return std::nullopt;
    return scalar;
}

// 2^252 = -c, so x = low - c high. Three times: 512, 385, 258 and at last 131 bits.
Scalar reduce(const ByteArray<64>& bytes) {
    const std::array<u64, 8> x = load<8>(bytes);
    const std::array<u64, 7> y = times_c(above_252(x));
    const std::array<u64, 6> z = times_c(above_252(y));
    const std::array<u64, 5> w = times_c(above_252(z));
    // x0 - y0 + z0 - w0, with 2L against a negative sum: below 2^255.
    std::array<u64, 4> r = plus(plus(low_252(x), low_252(z)), plus(order.words, order.words));
    r = minus(r, plus(low_252(y), low_252(w))).value;
    for (Difference less = minus(r, order.words); !less.below_zero; less = minus(r, order.words))
        r = less.value;
    return {r};
}

Scalar negated(const Scalar& a) {
    if (a == Scalar{}) return a;
    return {minus(order.words, a.words).value};
}

template <std::size_t N>
void ProductSum::add_words(const std::array<u64, N>& a, const std::array<u64, 2>& b) {
    std::array<u64, N + 2> product;
    u64 carry = 0;
    for (std::size_t i = 0; i < N; ++i) {
        const u128 sum = static_cast<u128>(a[i]) * b[0] + carry;
        product[i] = static_cast<u64>(sum);
        carry = static_cast<u64>(sum >> 64);
    }
    product[N] = carry;
    carry = 0;
    for (std::size_t i = 0; i < N; ++i) {
        const u128 sum = static_cast<u128>(a[i]) * b[1] + product[i + 1] + carry;
        product[i + 1] = static_cast<u64>(sum);
        carry = static_cast<u64>(sum >> 64);
    }
    product[N + 1] = carry;
    carry = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
        const u64 addend = i < N + 2 ? product[i] : 0;
        const u128 sum = static_cast<u128>(words_[i]) + addend + carry;
        words_[i] = static_cast<u64>(sum);
        carry = static_cast<u64>(sum >> 64);
    }
}

void ProductSum::add(const ByteArray<64>& a, const std::array<u64, 2>& b) {
    add_words(load<8>(a), b);
}
void ProductSum::add(const Scalar& a, const std::array<u64, 2>& b) {
    add_words(a.words, b);
}

Scalar ProductSum::reduced() const {
    return {reduce_words(words_)};
}

namespace {

template <std::size_t Digits, unsigned width, class Digit>
void write_fixed(const Scalar& scalar, std::span<Digit, Digits> out) {
    constexpr unsigned per_word = 64 / width;
    constexpr u64 mask = (u64{1} << width) - 1, half = u64{1} << (width - 1);
    u64 carry = 0;
    for (unsigned i = 0; i < Digits; ++i) {
        const u64 window = (scalar.words[i / per_word] >> (width * (i % per_word)) & mask) + carry;
        carry = window > half ? 1 : 0;
        out[i] = static_cast<Digit>(static_cast<int>(window) - static_cast<int>(carry << width));
    }
}

}  // namespace

void fixed_digits(const Scalar& scalar, std::span<std::int8_t, 64> digits_of_4) {
    write_fixed<64, 4>(scalar, digits_of_4);
}
void fixed_digits(const Scalar& scalar, std::span<std::int16_t, 32> digits_of_8) {
    write_fixed<32, 8>(scalar, digits_of_8);
}
Digits signed_digits(const Scalar& scalar, unsigned width) {
    JANGBU_ASSERT(scalar.words[3] >> 63 == 0 && 2 <= width && width <= 8);
    const u64 window_size = u64{1} << width;
    Digits digits{};
    u64 carry = 0;
    for (std::size_t at = 0; at < 256;) {
        const std::size_t word = at / 64, bit = at % 64;
        u64 bits = scalar.words[word] >> bit;
        if (bit + width > 64 && word < 3) bits |= scalar.words[word + 1] << (64 - bit);
        const u64 window = carry + (bits & (window_size - 1));
        if ((window & 1) == 0) {
            ++at;
            continue;
        }
        carry = window < window_size / 2 ? 0 : 1;
        digits[at] = static_cast<std::int8_t>(static_cast<int>(window) -
                                              static_cast<int>(carry * window_size));
        at += width;
    }
    return digits;
}

}  // namespace jangbu::crypto::ed25519
