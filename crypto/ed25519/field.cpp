#include "crypto/ed25519/field.h"

namespace jangbu::crypto::ed25519 {
namespace {

u64 load_word(const ByteArray<32>& bytes, std::size_t index) {
    u64 word = 0;
    for (std::size_t i = 8; i-- > 0;) word = word << 8 | bytes[8 * index + i];
    return word;
}

// Limbs below 2^51 of the representative below 2^255 - 19.
std::array<u64, 5> canonical(const Field& a) {
    // A second pass leaves a value below 2^255 + 2^51, so it is less than twice the modulus.
    const Field once = carry(a);
    std::array<u64, 5> v = once.v;
    // One more is taken off iff value + 19 reaches 2^255.
    u64 over = (v[0] + 19) >> 51;
    for (std::size_t i = 1; i < 5; ++i) over = (v[i] + over) >> 51;
    v[0] += 19 * over;
    for (std::size_t i = 0; i < 4; ++i) {
        v[i + 1] += v[i] >> 51;
        v[i] &= limb_mask;
    }
    v[4] &= limb_mask;
    return v;
}

}  // namespace

Field from_bytes(const ByteArray<32>& bytes) {
    const u64 w0 = load_word(bytes, 0), w1 = load_word(bytes, 1);
    const u64 w2 = load_word(bytes, 2), w3 = load_word(bytes, 3);
    return Field{{w0 & limb_mask, (w0 >> 51 | w1 << 13) & limb_mask,
                  (w1 >> 38 | w2 << 26) & limb_mask, (w2 >> 25 | w3 << 39) & limb_mask,
                  w3 >> 12 & limb_mask}};
}

ByteArray<32> to_bytes(const Field& a) {
    const std::array<u64, 5> v = canonical(a);
    const std::array<u64, 4> words = {v[0] | v[1] << 51, v[1] >> 13 | v[2] << 38,
                                      v[2] >> 26 | v[3] << 25, v[3] >> 39 | v[4] << 12};
    ByteArray<32> out;
    for (std::size_t i = 0; i < 32; ++i) out[i] = static_cast<u8>(words[i / 8] >> (8 * (i % 8)));
    return out;
}

bool is_zero(const Field& a) {
    return canonical(a) == std::array<u64, 5>{};
}

bool is_odd(const Field& a) {
    return (canonical(a)[0] & 1) != 0;
}

}  // namespace jangbu::crypto::ed25519
