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
    [[gnu::always_inline]] static Doubles high_constant() { return doubles(constants().high); }
    [[gnu::always_inline]] static Doubles both_constant() { return doubles(constants().both); }
    template <int column, bool is_square>
    [[gnu::always_inline]] static Word correction() {
        return words(constants().correction[is_square][column]);
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
    struct Constants {
        using Words = u64[4];
        alignas(32) Words high, both;
        alignas(32) Words correction[2][5];
    };
    static consteval Constants make_constants() {
        Constants out{};
        for (int i = 0; i < 4; ++i) {
            out.high[i] = fma::bits(fma::high_magic);
            out.both[i] = fma::bits(fma::high_magic + fma::low_magic);
            for (int k = 0; k < 5; ++k) {
                out.correction[0][k][i] = fma::correction(k, false);
                out.correction[1][k][i] = fma::correction(k, true);
            }
        }
        return out;
    }
    // In memory and hidden from the optimiser: g++ otherwise makes each anew with three
    // instructions.
    [[gnu::always_inline]] static const Constants& constants() {
        static constexpr Constants all = make_constants();
        const Constants* hidden = &all;
        asm("" : "+r"(hidden));
        return *hidden;
    }
    [[gnu::always_inline]] static Word words(const u64 (&from)[4]) {
        return reinterpret_cast<Word>(_mm256_load_si256(reinterpret_cast<const __m256i*>(from)));
    }
    [[gnu::always_inline]] static Doubles doubles(const u64 (&from)[4]) {
        return reinterpret_cast<Doubles>(words(from));
    }

    [[gnu::always_inline]] static __m256i two_cells(const u64* a, const u64* b) {
        const __m128i low = _mm_load_si128(reinterpret_cast<const __m128i*>(a));
        const __m128i high = _mm_load_si128(reinterpret_cast<const __m128i*>(b));
        return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
    }
};

}  // namespace jangbu::crypto::ed25519
