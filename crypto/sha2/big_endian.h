// Words as SHA-2 reads and writes them: most significant byte first.
#pragma once

#include <bit>
#include <cstring>

#include "base/integers.h"

namespace jangbu::crypto::sha2 {

template <class Word>
Word load_big_endian(const u8* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return std::endian::native == std::endian::little ? std::byteswap(word) : word;
}

template <class Word>
void store_big_endian(u8* to, Word word) {
    if constexpr (std::endian::native == std::endian::little) word = std::byteswap(word);
    std::memcpy(to, &word, sizeof word);
}

}  // namespace jangbu::crypto::sha2
