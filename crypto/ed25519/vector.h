// Several 64-bit words side by side: the vector types that GCC and clang compile for any CPU. Where
// there is no such register they become several smaller ones.
#pragma once

#include "base/integers.h"

namespace jangbu::crypto::ed25519 {

template <std::size_t Lanes>
struct VectorOf {
    typedef u64 Type __attribute__((vector_size(8 * Lanes)));
};
template <std::size_t Lanes>
using Vector = typename VectorOf<Lanes>::Type;

// One cell of every lane, whether lanes are a vector or a single word.
template <class Word>
[[gnu::always_inline]] inline u64 lane(const Word& word, std::size_t index) {
    if constexpr (sizeof(Word) == sizeof(u64))
        return word;
    else
        return word[index];
}

// For checks of bounds, which only emulated lanes make.
template <class Word>
[[gnu::noinline]] bool all_below(const Word& word, u64 limit) {
    for (std::size_t i = 0; i < sizeof(Word) / sizeof(u64); ++i)
        if (lane(word, i) >= limit) return false;
    return true;
}

// cells[c] = cell c of each row, lane by lane, and back.
template <std::size_t Lanes>
inline void gather_one_by_one(const u64* const* rows, std::size_t count, Vector<Lanes>* cells) {
    for (std::size_t c = 0; c < count; ++c)
        for (std::size_t i = 0; i < Lanes; ++i) cells[c][i] = rows[i][c];
}
template <std::size_t Lanes>
inline void scatter_one_by_one(u64* const* rows, std::size_t count, const Vector<Lanes>* cells) {
    for (std::size_t c = 0; c < count; ++c)
        for (std::size_t i = 0; i < Lanes; ++i) rows[i][c] = cells[c][i];
}

}  // namespace jangbu::crypto::ed25519
