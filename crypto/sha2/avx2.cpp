// SHA-512 in four lanes and SHA-256 in eight, for CPUs with AVX2.
#include "crypto/sha2/compress.h"
#include "crypto/sha2/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace jangbu::crypto::sha2 {
namespace {

// What both word sizes share.
struct Bits {
    using Vector = __m256i;

    [[gnu::always_inline]] static Vector xor3(Vector x, Vector y, Vector z) {
        return _mm256_xor_si256(_mm256_xor_si256(x, y), z);
    }
    [[gnu::always_inline]] static Vector choose(Vector x, Vector y, Vector z) {
        return _mm256_xor_si256(_mm256_and_si256(_mm256_xor_si256(y, z), x), z);
    }
    // y ^ z was x ^ y one round ago; the compiler keeps it.
    [[gnu::always_inline]] static Vector majority(Vector x, Vector y, Vector z) {
        return _mm256_xor_si256(_mm256_and_si256(_mm256_xor_si256(x, y), _mm256_xor_si256(y, z)),
                                y);
    }
    // Both 16-byte halves.
    [[gnu::always_inline]] static Vector joined(const void* low, const void* high) {
        const __m128i first = _mm_loadu_si128(static_cast<const __m128i*>(low));
        const __m128i second = _mm_loadu_si128(static_cast<const __m128i*>(high));
        return _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
    }
    [[gnu::always_inline]] static void split(Vector x, void* low, void* high) {
        _mm_storeu_si128(static_cast<__m128i*>(low), _mm256_castsi256_si128(x));
        _mm_storeu_si128(static_cast<__m128i*>(high), _mm256_extracti128_si256(x, 1));
    }
};

struct Lanes512 : Bits {
    using Algorithm = Algorithm512;
    static constexpr std::size_t lanes = 4;

    [[gnu::always_inline]] static Vector broadcast(u64 word) {
        return _mm256_set1_epi64x(static_cast<long long>(word));
    }
    [[gnu::always_inline]] static Vector add(Vector x, Vector y) { return _mm256_add_epi64(x, y); }
    template <int n>
    [[gnu::always_inline]] static Vector shift(Vector x) {
        return _mm256_srli_epi64(x, n);
    }
    template <int n>
    [[gnu::always_inline]] static Vector rotate(Vector x) {
        if constexpr (n == 8) {  // whole bytes: one instruction
            const Vector order =
                _mm256_setr_epi8(1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8, 1, 2, 3, 4,
                                 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8);
            return _mm256_shuffle_epi8(x, order);
        } else {
            return _mm256_or_si256(_mm256_srli_epi64(x, n), _mm256_slli_epi64(x, 64 - n));
        }
    }

    [[gnu::always_inline]] static void load_block(const u8* const* blocks, std::size_t offset,
                                                  Vector (&w)[16]) {
        const Vector big_endian =
            _mm256_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,
                             1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
        for (std::size_t i = 0; i < 16; i += 2) {
            const std::size_t at = offset + 8 * i;
            const Vector even = joined(blocks[0] + at, blocks[2] + at);
            const Vector odd = joined(blocks[1] + at, blocks[3] + at);
            w[i] = _mm256_shuffle_epi8(_mm256_unpacklo_epi64(even, odd), big_endian);
            w[i + 1] = _mm256_shuffle_epi8(_mm256_unpackhi_epi64(even, odd), big_endian);
        }
    }
    [[gnu::always_inline]] static void load_states(const u64 (*states)[8], Vector (&v)[8]) {
        for (std::size_t i = 0; i < 8; i += 2) {
            const Vector even = joined(states[0] + i, states[2] + i);
            const Vector odd = joined(states[1] + i, states[3] + i);
            v[i] = _mm256_unpacklo_epi64(even, odd);
            v[i + 1] = _mm256_unpackhi_epi64(even, odd);
        }
    }
    [[gnu::always_inline]] static void store_states(const Vector (&v)[8], u64 (*states)[8]) {
        for (std::size_t i = 0; i < 8; i += 2) {
            split(_mm256_unpacklo_epi64(v[i], v[i + 1]), states[0] + i, states[2] + i);
            split(_mm256_unpackhi_epi64(v[i], v[i + 1]), states[1] + i, states[3] + i);
        }
    }
};

struct Lanes256 : Bits {
    using Algorithm = Algorithm256;
    static constexpr std::size_t lanes = 8;

    [[gnu::always_inline]] static Vector broadcast(u32 word) {
        return _mm256_set1_epi32(static_cast<int>(word));
    }
    [[gnu::always_inline]] static Vector add(Vector x, Vector y) { return _mm256_add_epi32(x, y); }
    template <int n>
    [[gnu::always_inline]] static Vector shift(Vector x) {
        return _mm256_srli_epi32(x, n);
    }
    template <int n>
    [[gnu::always_inline]] static Vector rotate(Vector x) {
        return _mm256_or_si256(_mm256_srli_epi32(x, n), _mm256_slli_epi32(x, 32 - n));
    }

    // Rows of four words in each half become columns.
    [[gnu::always_inline]] static void transpose(Vector (&x)[4]) {
        const Vector a = _mm256_unpacklo_epi32(x[0], x[1]), b = _mm256_unpackhi_epi32(x[0], x[1]);
        const Vector c = _mm256_unpacklo_epi32(x[2], x[3]), d = _mm256_unpackhi_epi32(x[2], x[3]);
        x[0] = _mm256_unpacklo_epi64(a, c);
        x[1] = _mm256_unpackhi_epi64(a, c);
        x[2] = _mm256_unpacklo_epi64(b, d);
        x[3] = _mm256_unpackhi_epi64(b, d);
    }
    [[gnu::always_inline]] static void load_block(const u8* const* blocks, std::size_t offset,
                                                  Vector (&w)[16]) {
        const Vector big_endian =
            _mm256_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6,
                             5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        for (std::size_t i = 0; i < 16; i += 4) {
            const std::size_t at = offset + 4 * i;
            Vector x[4];
            for (std::size_t l = 0; l < 4; ++l) x[l] = joined(blocks[l] + at, blocks[l + 4] + at);
            transpose(x);
            for (std::size_t j = 0; j < 4; ++j) w[i + j] = _mm256_shuffle_epi8(x[j], big_endian);
        }
    }
    [[gnu::always_inline]] static void load_states(const u32 (*states)[8], Vector (&v)[8]) {
        for (std::size_t i = 0; i < 8; i += 4) {
            Vector x[4];
            for (std::size_t l = 0; l < 4; ++l) x[l] = joined(states[l] + i, states[l + 4] + i);
            transpose(x);
            for (std::size_t j = 0; j < 4; ++j) v[i + j] = x[j];
        }
    }
    [[gnu::always_inline]] static void store_states(const Vector (&v)[8], u32 (*states)[8]) {
        for (std::size_t i = 0; i < 8; i += 4) {
            Vector x[4] = {v[i], v[i + 1], v[i + 2], v[i + 3]};
            transpose(x);
            for (std::size_t l = 0; l < 4; ++l) split(x[l], states[l] + i, states[l + 4] + i);
        }
    }
};

}  // namespace

void sha512_avx2_x4(u64 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    Compression<Lanes512>::compress(states, blocks, block_count);
}

void sha256_avx2_x8(u32 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    Compression<Lanes256>::compress(states, blocks, block_count);
}

}  // namespace jangbu::crypto::sha2
#endif
