// The instructions of Ifma: AVX-512 F, DQ, IFMA. Only for the tier's own translation unit.
#pragma once

#include <immintrin.h>

#include "crypto/ed25519/vector.h"

namespace jangbu::crypto::ed25519 {

struct IfmaInstructions {
    static constexpr bool checks_bounds = false;
    using Word = Vector<8>;

    // sum + the low or the high 52 bits of the product of the low 52 bits of a and b.
    [[gnu::always_inline]] static Word low(const Word& sum, const Word& a, const Word& b) {
        return reinterpret_cast<Word>(_mm512_madd52lo_epu64(raw(sum), raw(a), raw(b)));
    }
    [[gnu::always_inline]] static Word high(const Word& sum, const Word& a, const Word& b) {
        return reinterpret_cast<Word>(_mm512_madd52hi_epu64(raw(sum), raw(a), raw(b)));
    }
    // The compiler would make shifts and sums of a known number, which are slower.
    [[gnu::always_inline]] static Word times(const Word& a, u64 number) {
        Word numbers = Word{} + number;
        asm("" : "+v"(numbers));
        return reinterpret_cast<Word>(_mm512_mullo_epi64(raw(a), raw(numbers)));
    }

    // Rows of 64-bit cells, 64-byte aligned, with whole groups of eight cells to read and write.
    [[gnu::always_inline]] static void gather(const u64* const* rows, std::size_t count,
                                              Word* cells) {
        for (std::size_t c = 0; c < count; c += 8) {
            __m512i row[8];
            for (std::size_t i = 0; i < 8; ++i) row[i] = _mm512_load_si512(rows[i] + c);
            transpose(row);
            for (std::size_t i = 0; i < 8 && c + i < count; ++i)
                cells[c + i] = reinterpret_cast<Word>(row[i]);
        }
    }
    [[gnu::always_inline]] static void scatter(u64* const* rows, std::size_t count,
                                               const Word* cells) {
        for (std::size_t c = 0; c < count; c += 8) {
            __m512i row[8] = {};
            for (std::size_t i = 0; i < 8 && c + i < count; ++i) row[i] = raw(cells[c + i]);
            transpose(row);
            for (std::size_t i = 0; i < 8; ++i) _mm512_store_si512(rows[i] + c, row[i]);
        }
    }

private:
    [[gnu::always_inline]] static __m512i raw(const Word& word) {
        return reinterpret_cast<__m512i>(word);
    }
    // Pairs of rows, then pairs of pairs, then halves.
    [[gnu::always_inline]] static void transpose(__m512i (&r)[8]) {
        __m512i pairs[8], quads[8];
        for (std::size_t i = 0; i < 8; i += 2) {
            pairs[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
            pairs[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
        }
        for (std::size_t half = 0; half < 8; half += 4)
            for (std::size_t i = 0; i < 2; ++i) {
                quads[half + i] = _mm512_shuffle_i64x2(pairs[half + i], pairs[half + i + 2], 0x88);
                quads[half + i + 2] =
                    _mm512_shuffle_i64x2(pairs[half + i], pairs[half + i + 2], 0xdd);
            }
        for (std::size_t i = 0; i < 2; ++i) {
            r[i] = _mm512_shuffle_i64x2(quads[i], quads[i + 4], 0x88);
            r[i + 4] = _mm512_shuffle_i64x2(quads[i], quads[i + 4], 0xdd);
            r[i + 2] = _mm512_shuffle_i64x2(quads[i + 2], quads[i + 6], 0x88);
            r[i + 6] = _mm512_shuffle_i64x2(quads[i + 2], quads[i + 6], 0xdd);
        }
    }
};

}  // namespace jangbu::crypto::ed25519
