// SHA-256 by the SHA instructions of x86, two messages interleaved: a round waits for the one
// before it, and the second message fills the gaps.
#include "crypto/sha2/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace jangbu::crypto::sha2 {
namespace {

// The instructions want the state as two vectors, named here by their words from the top.
struct State {
    __m128i abef, cdgh;
};

[[gnu::always_inline]] inline State load(const u32 (&words)[8]) {
    const __m128i abcd = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words));
    const __m128i efgh = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words + 4));
    const __m128i cdab = _mm_shuffle_epi32(abcd, 0xb1);
    const __m128i hgfe = _mm_shuffle_epi32(efgh, 0x1b);
    return {_mm_alignr_epi8(cdab, hgfe, 8), _mm_blend_epi16(hgfe, cdab, 0xf0)};
}

[[gnu::always_inline]] inline void store(const State& state, u32 (&words)[8]) {
    const __m128i feba = _mm_shuffle_epi32(state.abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(state.cdgh, 0xb1);
    const __m128i abcd = _mm_blend_epi16(feba, dchg, 0xf0);
    const __m128i efgh = _mm_alignr_epi8(dchg, feba, 8);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(words), abcd);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(words + 4), efgh);
}

// w holds the last sixteen words of the schedule, four to a vector; group i takes the place of
// group i - 4.
template <int i>
[[gnu::always_inline]] inline void extend(__m128i (&w)[4]) {
    const __m128i last = w[(i + 3) % 4];
    const __m128i seventh = _mm_alignr_epi8(last, w[(i + 2) % 4], 4);
    const __m128i early = _mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]), seventh);
    w[i % 4] = _mm_sha256msg2_epu32(early, last);
}

[[gnu::always_inline]] inline void four_rounds(State& state, __m128i words, const u32* constants) {
    const __m128i k = _mm_loadu_si128(reinterpret_cast<const __m128i*>(constants));
    const __m128i input = _mm_add_epi32(words, k);
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, input);
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(input, 0x0e));
}

[[gnu::always_inline]] inline void load(const u8* block, __m128i (&w)[4]) {
    const __m128i big_endian = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    const auto* const from = reinterpret_cast<const __m128i*>(block);
    w[0] = _mm_shuffle_epi8(_mm_loadu_si128(from), big_endian);
    w[1] = _mm_shuffle_epi8(_mm_loadu_si128(from + 1), big_endian);
    w[2] = _mm_shuffle_epi8(_mm_loadu_si128(from + 2), big_endian);
    w[3] = _mm_shuffle_epi8(_mm_loadu_si128(from + 3), big_endian);
}

// Messages side by side: everything is written out for each, so that all stay in registers.
template <int... stream>
struct Streams {
    static constexpr int count = sizeof...(stream);

    template <int i>
    [[gnu::always_inline]] static void group(State (&state)[count], __m128i (&w)[count][4],
                                             const u32* constants) {
        if constexpr (i >= 4) (extend<i>(w[stream]), ...);
        (four_rounds(state[stream], w[stream][i % 4], constants + 4 * (i % 4)), ...);
    }

    [[gnu::always_inline]] static void add(State& to, const State& state) {
        to.abef = _mm_add_epi32(to.abef, state.abef);
        to.cdgh = _mm_add_epi32(to.cdgh, state.cdgh);
    }

    static void compress(u32 (*states)[8], const u8* const* blocks, std::size_t block_count) {
        State chained[count] = {load(states[stream])...};
        for (std::size_t block = 0; block < block_count; ++block) {
            State state[count] = {chained[stream]...};
            __m128i w[count][4];
            (load(blocks[stream] + 64 * block, w[stream]), ...);
            const u32* k = Algorithm256::constants;
            group<0>(state, w, k);
            group<1>(state, w, k);
            group<2>(state, w, k);
            group<3>(state, w, k);
            for (int sixteen = 1; sixteen < 4; ++sixteen) {
                k += 16;
                group<4>(state, w, k);
                group<5>(state, w, k);
                group<6>(state, w, k);
                group<7>(state, w, k);
            }
            (add(chained[stream], state[stream]), ...);
        }
        (store(chained[stream], states[stream]), ...);
    }
};

}  // namespace

void sha256_sha_x2(u32 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    Streams<0, 1>::compress(states, blocks, block_count);
}

}  // namespace jangbu::crypto::sha2
#endif
