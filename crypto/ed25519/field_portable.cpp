#include "crypto/ed25519/field_portable.h"

namespace jangbu::crypto::ed25519 {
namespace {

u64 load_word(const ByteArray<32>& bytes, std::size_t index) {
    u64 word = 0;
    for (std::size_t i = 8; i-- > 0;) word = word << 8 | bytes[8 * index + i];
    return word;
}

}  // namespace

Portable from_bytes(const ByteArray<32>& bytes) {
    return from_words<Portable>(
        {load_word(bytes, 0), load_word(bytes, 1), load_word(bytes, 2), load_word(bytes, 3)});
}

ByteArray<32> to_bytes(const Portable& a) {
    const auto& v = canonical(a).v;
    const std::array<u64, 4> words = {v[0] | v[1] << 51, v[1] >> 13 | v[2] << 38,
                                      v[2] >> 26 | v[3] << 25, v[3] >> 39 | v[4] << 12};
    ByteArray<32> out;
    for (std::size_t i = 0; i < 32; ++i) out[i] = static_cast<u8>(words[i / 8] >> (8 * (i % 8)));
    return out;
}

}  // namespace jangbu::crypto::ed25519
