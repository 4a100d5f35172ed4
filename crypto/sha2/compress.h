// The compression functions of SHA-512 and SHA-256 (FIPS 180-4, sections 6.2 and 6.4), one message
// per lane. Every tier is this text with another lane type.
//
// A lane type L gives
//   Algorithm, Vector, lanes                             which hash; one word of each lane; how
//   many broadcast(word), add(x, y)                           modulo 2^64 or 2^32 rotate<n>(x),
//   shift<n>(x)                            to the right xor3(x, y, z), choose(x, y, z), majority(x,
//   y, z)    FIPS 180-4, section 4.1 load_block(blocks, offset, w)                        the
//   sixteen words of each lane's block load_states(states, v), store_states(v, states)
// and lives in an anonymous namespace (see kernel.h); hence only plain arrays here, no std.
#pragma once

#include <utility>

#include "crypto/sha2/algorithm.h"

namespace jangbu::crypto::sha2 {

template <class L>
struct Compression {
    using Algorithm = typename L::Algorithm;
    using Word = typename Algorithm::Word;
    using Vector = typename L::Vector;
    static_assert(sizeof(Vector) == L::lanes * sizeof(Word));

    template <const int (&n)[3]>
    [[gnu::always_inline]] static Vector big_sigma(Vector x) {
        return L::xor3(L::template rotate<n[0]>(x), L::template rotate<n[1]>(x),
                       L::template rotate<n[2]>(x));
    }
    template <const int (&n)[3]>
    [[gnu::always_inline]] static Vector small_sigma(Vector x) {
        return L::xor3(L::template rotate<n[0]>(x), L::template rotate<n[1]>(x),
                       L::template shift<n[2]>(x));
    }

    // Word t of the message schedule takes the place of word t - 16.
    template <std::size_t t>
    [[gnu::always_inline]] static void extend(Vector (&w)[16]) {
        const Vector early = small_sigma<Algorithm::small_sigma_0>(w[(t + 1) % 16]);
        const Vector late = small_sigma<Algorithm::small_sigma_1>(w[(t + 14) % 16]);
        w[t] = L::add(L::add(w[t], w[(t + 9) % 16]), L::add(early, late));
    }

    // The working variables stay where they are and change their names: a of round t is v[-t mod
    // 8].
    template <std::size_t t>
    [[gnu::always_inline]] static void round(Vector (&v)[8], Vector input) {
        const Vector a = v[(16 - t) % 8], b = v[(17 - t) % 8], c = v[(18 - t) % 8];
        const Vector e = v[(20 - t) % 8], f = v[(21 - t) % 8], g = v[(22 - t) % 8];
        Vector& d = v[(19 - t) % 8];
        Vector& h = v[(23 - t) % 8];
        const Vector t1 = L::add(L::add(h, input),
                                 L::add(L::choose(e, f, g), big_sigma<Algorithm::big_sigma_1>(e)));
        d = L::add(d, t1);
        h = L::add(t1, L::add(L::majority(a, b, c), big_sigma<Algorithm::big_sigma_0>(a)));
    }

    // Sixteen rounds, written out so that every index is known and words stay in registers.
    template <bool extended, std::size_t... t>
    [[gnu::always_inline]] static void sixteen(Vector (&v)[8], Vector (&w)[16], const Word* k,
                                               std::index_sequence<t...>) {
        (one<extended, t>(v, w, k), ...);
    }
    template <bool extended, std::size_t t>
    [[gnu::always_inline]] static void one(Vector (&v)[8], Vector (&w)[16], const Word* k) {
        if constexpr (extended) extend<t>(w);
        round<t>(v, L::add(w[t], L::broadcast(k[t])));
    }

    static void compress(Word (*states)[8], const u8* const* blocks, std::size_t block_count) {
        constexpr std::make_index_sequence<16> all{};
        Vector chained[8];
        L::load_states(states, chained);
        for (std::size_t block = 0; block < block_count; ++block) {
            Vector w[16];
            L::load_block(blocks, block * Algorithm::block_bytes, w);
            Vector v[8];
            for (int i = 0; i < 8; ++i) v[i] = chained[i];
            sixteen<false>(v, w, Algorithm::constants, all);
            for (std::size_t t = 16; t < Algorithm::rounds; t += 16)
                sixteen<true>(v, w, Algorithm::constants + t, all);
            for (int i = 0; i < 8; ++i) chained[i] = L::add(chained[i], v[i]);
        }
        L::store_states(chained, states);
    }
};

// Two groups of lanes at once: each hides the other's latency.
template <class L>
struct Paired {
    using Algorithm = typename L::Algorithm;
    using Word = typename Algorithm::Word;
    static constexpr std::size_t lanes = 2 * L::lanes;
    struct Vector {
        typename L::Vector low, high;
    };

    [[gnu::always_inline]] static Vector broadcast(Word word) {
        return {L::broadcast(word), L::broadcast(word)};
    }
    [[gnu::always_inline]] static Vector add(Vector x, Vector y) {
        return {L::add(x.low, y.low), L::add(x.high, y.high)};
    }
    template <int n>
    [[gnu::always_inline]] static Vector rotate(Vector x) {
        return {L::template rotate<n>(x.low), L::template rotate<n>(x.high)};
    }
    template <int n>
    [[gnu::always_inline]] static Vector shift(Vector x) {
        return {L::template shift<n>(x.low), L::template shift<n>(x.high)};
    }
    [[gnu::always_inline]] static Vector xor3(Vector x, Vector y, Vector z) {
        return {L::xor3(x.low, y.low, z.low), L::xor3(x.high, y.high, z.high)};
    }
    [[gnu::always_inline]] static Vector choose(Vector x, Vector y, Vector z) {
        return {L::choose(x.low, y.low, z.low), L::choose(x.high, y.high, z.high)};
    }
    [[gnu::always_inline]] static Vector majority(Vector x, Vector y, Vector z) {
        return {L::majority(x.low, y.low, z.low), L::majority(x.high, y.high, z.high)};
    }
    [[gnu::always_inline]] static void load_block(const u8* const* blocks, std::size_t offset,
                                                  Vector (&w)[16]) {
        typename L::Vector low[16], high[16];
        L::load_block(blocks, offset, low);
        L::load_block(blocks + L::lanes, offset, high);
        for (int i = 0; i < 16; ++i) w[i] = {low[i], high[i]};
    }
    [[gnu::always_inline]] static void load_states(const Word (*states)[8], Vector (&v)[8]) {
        typename L::Vector low[8], high[8];
        L::load_states(states, low);
        L::load_states(states + L::lanes, high);
        for (int i = 0; i < 8; ++i) v[i] = {low[i], high[i]};
    }
    [[gnu::always_inline]] static void store_states(const Vector (&v)[8], Word (*states)[8]) {
        typename L::Vector low[8], high[8];
        for (int i = 0; i < 8; ++i) {
            low[i] = v[i].low;
            high[i] = v[i].high;
        }
        L::store_states(low, states);
        L::store_states(high, states + L::lanes);
    }
};

}  // namespace jangbu::crypto::sha2
