// Lanes that are plain words, for any CPU: the reference. In tests any number of them stands for
// the vectors of a CPU that is not there.
#pragma once

#include "crypto/sha2/algorithm.h"
#include "crypto/sha2/big_endian.h"

namespace jangbu::crypto::sha2 {

// Tag has internal linkage in each translation unit, and so has what is made from it (kernel.h).
template <class Tag, class A, std::size_t Count>
struct WordLanes {
    using Algorithm = A;
    using Word = typename A::Word;
    static constexpr std::size_t lanes = Count;
    static constexpr int word_bits = 8 * sizeof(Word);
    struct Vector {
        Word lane[Count];
    };

    // Not in line: compilers would take minutes over hundreds of them in one function.
    template <class Operation>
    [[gnu::noinline]] static Vector each(Operation operation) {
        Vector out;
        for (std::size_t l = 0; l < Count; ++l) out.lane[l] = operation(l);
        return out;
    }

    static Vector broadcast(Word word) {
        return each([&](std::size_t) { return word; });
    }
    static Vector add(const Vector& x, const Vector& y) {
        return each([&](std::size_t l) { return x.lane[l] + y.lane[l]; });
    }
    template <int n>
    static Vector rotate(const Vector& x) {
        return each([&](std::size_t l) { return x.lane[l] >> n | x.lane[l] << (word_bits - n); });
    }
    template <int n>
    static Vector shift(const Vector& x) {
        return each([&](std::size_t l) { return x.lane[l] >> n; });
    }
    static Vector xor3(const Vector& x, const Vector& y, const Vector& z) {
        return each([&](std::size_t l) { return x.lane[l] ^ y.lane[l] ^ z.lane[l]; });
    }
    static Vector choose(const Vector& x, const Vector& y, const Vector& z) {
        return each(
            [&](std::size_t l) { return (x.lane[l] & (y.lane[l] ^ z.lane[l])) ^ z.lane[l]; });
    }
    static Vector majority(const Vector& x, const Vector& y, const Vector& z) {
        return each([&](std::size_t l) {
            return ((x.lane[l] ^ y.lane[l]) & (y.lane[l] ^ z.lane[l])) ^ y.lane[l];
        });
    }

    static void load_block(const u8* const* blocks, std::size_t offset, Vector (&w)[16]) {
        for (std::size_t i = 0; i < 16; ++i)
            w[i] = each([&](std::size_t l) {
                return load_big_endian<Word>(blocks[l] + offset + i * sizeof(Word));
            });
    }
    static void load_states(const Word (*states)[8], Vector (&v)[8]) {
        for (std::size_t i = 0; i < 8; ++i)
            v[i] = each([&](std::size_t l) { return states[l][i]; });
    }
    static void store_states(const Vector (&v)[8], Word (*states)[8]) {
        for (std::size_t i = 0; i < 8; ++i)
            for (std::size_t l = 0; l < Count; ++l) states[l][i] = v[i].lane[l];
    }
};

}  // namespace jangbu::crypto::sha2
