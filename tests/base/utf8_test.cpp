#include <doctest/doctest.h>

#include "base/bytes.h"

using namespace jangbu;

namespace {

// The plain definition, without regard to what is allowed: `count` bytes for any number that fits
// them.
Bytes encoded(u32 point, std::size_t count) {
    if (count == 1) return {static_cast<u8>(point)};
    Bytes out(count);
    for (std::size_t i = count; i-- > 1; point >>= 6)
        out[i] = static_cast<u8>(0x80 | (point & 0x3F));
    const u8 lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = static_cast<u8>(lead[count] | point);
    return out;
}

std::size_t shortest(u32 point) {
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

}  // namespace

TEST_CASE("utf8: accepts every code point in its shortest form, and surrogates never") {
    std::size_t wrong = 0;
    for (u32 point = 0; point <= 0x10FFFF; ++point) {
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        if (is_utf8(encoded(point, shortest(point))) == surrogate) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("utf8: refuses every overlong form") {
    std::size_t accepted = 0;
    for (u32 point = 0; point < 0x10000; ++point)
        for (std::size_t count = shortest(point) + 1; count <= 4; ++count)
            if (is_utf8(encoded(point, count))) ++accepted;
    CHECK(accepted == 0);
}

TEST_CASE("utf8: refuses what lies above U+10FFFF") {
    std::size_t accepted = 0;
    for (u32 point = 0x110000; point < 0x200000; point += 0x3F)
        if (is_utf8(encoded(point, 4))) ++accepted;
    CHECK(accepted == 0);
    CHECK(!is_utf8(encoded(0x110000, 4)));
}

TEST_CASE(
    "utf8: of all strings of two and of three bytes exactly the right number is well-formed") {
    std::size_t two = 0, three = 0;
    for (u32 n = 0; n < 1U << 16; ++n)
        if (is_utf8(ByteArray<2>{static_cast<u8>(n >> 8), static_cast<u8>(n)})) ++two;
    for (u32 n = 0; n < 1U << 24; ++n) {
        const ByteArray<3> text = {static_cast<u8>(n >> 16), static_cast<u8>(n >> 8),
                                   static_cast<u8>(n)};
        if (is_utf8(text)) ++three;
    }
    // One-byte forms: 128; two-byte forms: 0x80 to 0x7FF; three-byte forms: 0x800 to 0xFFFF without
    // 2,048 surrogates.
    CHECK(two == 128 * 128 + 1920);
    CHECK(three == 128 * 128 * 128 + 2 * 128 * 1920 + (0x10000 - 0x800 - 2048));
}

TEST_CASE("utf8: refuses a text that ends inside a character") {
    const Bytes text = to_bytes(as_bytes("장부😀"));
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const bool whole = size == 0 || size == 3 || size == 6 || size == 10;
        CHECK(is_utf8(ByteView(text).first(size)) == whole);
    }
}
