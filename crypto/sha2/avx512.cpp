// SHA-512 in eight lanes and SHA-256 in sixteen, for CPUs with AVX-512; each also as two groups
// interleaved. A rotation and any function of three inputs are one instruction here.
#include "crypto/sha2/compress.h"
#include "crypto/sha2/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace jangbu::crypto::sha2 {
namespace {

// What both word sizes share. A vector is four chunks of sixteen bytes.
struct Bits {
    using Vector = __m512i;

    // The constants are the truth tables.
    [[gnu::always_inline]] static Vector xor3(Vector x, Vector y, Vector z) {
        return _mm512_ternarylogic_epi64(x, y, z, 0x96);
    }
    [[gnu::always_inline]] static Vector choose(Vector x, Vector y, Vector z) {
        return _mm512_ternarylogic_epi64(x, y, z, 0xca);
    }
    [[gnu::always_inline]] static Vector majority(Vector x, Vector y, Vector z) {
        return _mm512_ternarylogic_epi64(x, y, z, 0xe8);
    }

    [[gnu::always_inline]] static Vector even_chunks(Vector x, Vector y) {
        return _mm512_shuffle_i64x2(x, y, 0x88);
    }
    [[gnu::always_inline]] static Vector odd_chunks(Vector x, Vector y) {
        return _mm512_shuffle_i64x2(x, y, 0xdd);
    }
    // Rows of four chunks become columns.
    [[gnu::always_inline]] static void transpose_chunks(Vector& x0, Vector& x1, Vector& x2,
                                                        Vector& x3) {
        const Vector even01 = even_chunks(x0, x1), odd01 = odd_chunks(x0, x1);
        const Vector even23 = even_chunks(x2, x3), odd23 = odd_chunks(x2, x3);
        x0 = even_chunks(even01, even23);
        x1 = even_chunks(odd01, odd23);
        x2 = odd_chunks(even01, even23);
        x3 = odd_chunks(odd01, odd23);
    }
    // Two halves of 32 bytes.
    [[gnu::always_inline]] static Vector joined(const void* low, const void* high) {
        const __m256i first = _mm256_loadu_si256(static_cast<const __m256i*>(low));
        const __m256i second = _mm256_loadu_si256(static_cast<const __m256i*>(high));
        return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
    }
    [[gnu::always_inline]] static void split(Vector x, void* low, void* high) {
        _mm256_storeu_si256(static_cast<__m256i*>(low), _mm512_castsi512_si256(x));
        _mm256_storeu_si256(static_cast<__m256i*>(high), _mm512_extracti64x4_epi64(x, 1));
    }
};

struct Lanes512 : Bits {
    using Algorithm = Algorithm512;
    static constexpr std::size_t lanes = 8;

    [[gnu::always_inline]] static Vector broadcast(u64 word) {
        return _mm512_set1_epi64(static_cast<long long>(word));
    }
    [[gnu::always_inline]] static Vector add(Vector x, Vector y) { return _mm512_add_epi64(x, y); }
    template <int n>
    [[gnu::always_inline]] static Vector shift(Vector x) {
        return _mm512_srli_epi64(x, n);
    }
    template <int n>
    [[gnu::always_inline]] static Vector rotate(Vector x) {
        return _mm512_ror_epi64(x, n);
    }

    // Eight rows of eight words become columns.
    [[gnu::always_inline]] static void transpose(Vector (&x)[8]) {
        for (std::size_t l = 0; l < 8; l += 2) {
            const Vector even = _mm512_unpacklo_epi64(x[l], x[l + 1]);
            const Vector odd = _mm512_unpackhi_epi64(x[l], x[l + 1]);
            x[l] = even;
            x[l + 1] = odd;
        }
        transpose_chunks(x[0], x[2], x[4], x[6]);
        transpose_chunks(x[1], x[3], x[5], x[7]);
    }
    [[gnu::always_inline]] static void load_block(const u8* const* blocks, std::size_t offset,
                                                  Vector (&w)[16]) {
        const Vector big_endian = _mm512_broadcast_i32x4(
            _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
        for (std::size_t i = 0; i < 16; i += 8) {
            Vector x[8];
            for (std::size_t l = 0; l < 8; ++l)
                x[l] = _mm512_loadu_si512(blocks[l] + offset + 8 * i);
            transpose(x);
            for (std::size_t j = 0; j < 8; ++j) w[i + j] = _mm512_shuffle_epi8(x[j], big_endian);
        }
    }
    [[gnu::always_inline]] static void load_states(const u64 (*states)[8], Vector (&v)[8]) {
        for (std::size_t l = 0; l < 8; ++l) v[l] = _mm512_loadu_si512(states[l]);
        transpose(v);
    }
    [[gnu::always_inline]] static void store_states(const Vector (&v)[8], u64 (*states)[8]) {
        Vector x[8];
        for (std::size_t i = 0; i < 8; ++i) x[i] = v[i];
        transpose(x);
        for (std::size_t l = 0; l < 8; ++l) _mm512_storeu_si512(states[l], x[l]);
    }
};

struct Lanes256 : Bits {
    using Algorithm = Algorithm256;
    static constexpr std::size_t lanes = 16;

    [[gnu::always_inline]] static Vector broadcast(u32 word) {
        return _mm512_set1_epi32(static_cast<int>(word));
    }
    [[gnu::always_inline]] static Vector add(Vector x, Vector y) { return _mm512_add_epi32(x, y); }
    template <int n>
    [[gnu::always_inline]] static Vector shift(Vector x) {
        return _mm512_srli_epi32(x, n);
    }
    template <int n>
    [[gnu::always_inline]] static Vector rotate(Vector x) {
        return _mm512_ror_epi32(x, n);
    }

    // Rows of four words in each chunk become columns.
    [[gnu::always_inline]] static void transpose(Vector* x) {
        const Vector a = _mm512_unpacklo_epi32(x[0], x[1]), b = _mm512_unpackhi_epi32(x[0], x[1]);
        const Vector c = _mm512_unpacklo_epi32(x[2], x[3]), d = _mm512_unpackhi_epi32(x[2], x[3]);
        x[0] = _mm512_unpacklo_epi64(a, c);
        x[1] = _mm512_unpackhi_epi64(a, c);
        x[2] = _mm512_unpacklo_epi64(b, d);
        x[3] = _mm512_unpackhi_epi64(b, d);
    }
    [[gnu::always_inline]] static void load_block(const u8* const* blocks, std::size_t offset,
                                                  Vector (&w)[16]) {
        const Vector big_endian = _mm512_broadcast_i32x4(
            _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
        for (std::size_t l = 0; l < 16; ++l)
            w[l] = _mm512_shuffle_epi8(_mm512_loadu_si512(blocks[l] + offset), big_endian);
        for (std::size_t l = 0; l < 16; l += 4) transpose(w + l);
        for (std::size_t j = 0; j < 4; ++j) transpose_chunks(w[j], w[j + 4], w[j + 8], w[j + 12]);
    }
    // Eight words of sixteen lanes: row r holds lane r and lane r + 4, or (from row 4) those
    // plus 4.
    [[gnu::always_inline]] static void load_states(const u32 (*states)[8], Vector (&v)[8]) {
        Vector x[8];
        for (std::size_t l = 0; l < 4; ++l) {
            x[l] = joined(states[l], states[l + 4]);
            x[l + 4] = joined(states[l + 8], states[l + 12]);
        }
        transpose(x);
        transpose(x + 4);
        for (std::size_t j = 0; j < 4; ++j) {
            v[j] = even_chunks(x[j], x[j + 4]);
            v[j + 4] = odd_chunks(x[j], x[j + 4]);
        }
    }
    [[gnu::always_inline]] static void store_states(const Vector (&v)[8], u32 (*states)[8]) {
        const Vector first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
        const Vector second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
        Vector x[8];
        for (std::size_t j = 0; j < 4; ++j) {
            x[j] = _mm512_permutex2var_epi64(v[j], first, v[j + 4]);
            x[j + 4] = _mm512_permutex2var_epi64(v[j], second, v[j + 4]);
        }
        transpose(x);
        transpose(x + 4);
        for (std::size_t l = 0; l < 4; ++l) {
            split(x[l], states[l], states[l + 4]);
            split(x[l + 4], states[l + 8], states[l + 12]);
        }
    }
};

}  // namespace

void sha512_avx512_x8(u64 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    Compression<Lanes512>::compress(states, blocks, block_count);
}
void sha512_avx512_x16(u64 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    Compression<Paired<Lanes512>>::compress(states, blocks, block_count);
}
void sha256_avx512_x16(u32 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    Compression<Lanes256>::compress(states, blocks, block_count);
}
void sha256_avx512_x32(u32 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    Compression<Paired<Lanes256>>::compress(states, blocks, block_count);
}

}  // namespace jangbu::crypto::sha2
#endif
