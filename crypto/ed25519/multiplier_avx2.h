// The instructions of Fma: AVX2 and FMA. Only for the tier's own translation unit.
#pragma once

#include <immintrin.h>

#include "crypto/ed25519/field_fma.h"

namespace jangbu::crypto::ed25519 {

struct FmaInstructions {
    static constexpr bool checks_bounds = false;
    using Word = Vector<4>;

    [[gnu::always_inline]] static Doubles multiply_add(const Doubles& a, const Doubles& b,
                                                       const Doubles& sum) {
        return _mm256_fmadd_pd(a, b, sum);
    }
    [[gnu::always_inline]] static Doubles high_constant() { return Doubles{} + fma::high_magic; }
    [[gnu::always_inline]] static Doubles both_constant() {
        return Doubles{} + (fma::high_magic + fma::low_magic);
    }
    template <int column, bool is_square>
    [[gnu::always_inline]] static Word correction() {
        constexpr u64 value = fma::correction(column, is_square);
        return Word{} + value;
    }
    [[gnu::always_inline]] static Word times19(const Word& a) { return a + (a << 1) + (a << 4); }

    // Rows of 64-bit cells, 16-byte aligned, with an even number of cells to read.
    [[gnu::always_inline]] static void gather(const u64* const* rows, std::size_t count,
                                              Word* cells) {
        for (std::size_t c = 0; c < count; c += 2) {
            const __m256i even = two_cells(rows[0] + c, rows[2] + c);
            const __m256i odd = two_cells(rows[1] + c, rows[3] + c);
            cells[c] = reinterpret_cast<Word>(_mm256_unpacklo_epi64(even, odd));
            if (c + 1 < count)
                cells[c + 1] = reinterpret_cast<Word>(_mm256_unpackhi_epi64(even, odd));
        }
    }
    [[gnu::always_inline]] static void scatter(u64* const* rows, std::size_t count,
                                               const Word* cells) {
        scatter_one_by_one<4>(rows, count, cells);
    }

private:
    [[gnu::always_inline]] static __m256i two_cells(const u64* a, const u64* b) {
        const __m128i low = _mm_load_si128(reinterpret_cast<const __m128i*>(a));
        const __m128i high = _mm_load_si128(reinterpret_cast<const __m128i*>(b));
        return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
    }
};

}  // namespace jangbu::crypto::ed25519
