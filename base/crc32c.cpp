#include "base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace jangbu::base {
namespace {

constexpr u32 polynomial = 0x82f63b78;  // reversed

constexpr std::array<std::array<u32, 256>, 8> make_tables() {
    std::array<std::array<u32, 256>, 8> tables{};
    for (u32 i = 0; i < 256; ++i) {
        u32 value = i;
        for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? polynomial : 0);
        tables[0][i] = value;
    }
    for (std::size_t t = 1; t < 8; ++t)
        for (std::size_t i = 0; i < 256; ++i)
            tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 0xff];
    return tables;
}
constexpr auto tables = make_tables();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) u32 by_instruction(ByteView bytes) {
    u64 crc = 0xffffffff;
    while (bytes.size() >= 8) {
        u64 word = 0;
        std::memcpy(&word, bytes.data(), 8);
        crc = _mm_crc32_u64(crc, word);
        bytes = bytes.subspan(8);
    }
    auto low = static_cast<u32>(crc);
    for (const u8 byte : bytes) low = _mm_crc32_u8(low, byte);
    return ~low;
}
#endif

}  // namespace

// Eight bytes a step, each through a table of its own.
u32 crc32c_portable(ByteView bytes) {
    u32 crc = 0xffffffff;
    while (bytes.size() >= 8) {
        u32 next = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            const u32 mixed = i < 4 ? bytes[i] ^ (crc >> (8 * i) & 0xff) : bytes[i];
            next ^= tables[7 - i][mixed];
        }
        crc = next;
        bytes = bytes.subspan(8);
    }
    for (const u8 byte : bytes) crc = crc >> 8 ^ tables[0][(crc ^ byte) & 0xff];
    return ~crc;
}

u32 crc32c(ByteView bytes) {
#if defined(__x86_64__)
    static const bool has_instruction = __builtin_cpu_supports("sse4.2");
    if (has_instruction) return by_instruction(bytes);
#endif
    return crc32c_portable(bytes);
}

}  // namespace jangbu::base
