#include "base/bytes.h"

namespace jangbu::base {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::optional<u8> digit(std::string_view digits, char c) {
    const std::size_t at = digits.find(c);
    if (at == std::string_view::npos) return std::nullopt;
    return static_cast<u8>(at);
}

template <std::size_t N>
ByteArray<N> little_endian(u64 value) {
    ByteArray<N> out{};
    for (u8& byte : out) {
        byte = static_cast<u8>(value);
        value >>= 8;
    }
    return out;
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (u8 byte : bytes) {
        out.push_back(hex_digits[byte >> 4]);
        out.push_back(hex_digits[byte & 15]);
    }
    return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = digit(hex_digits, text[i]);
        const auto low = digit(hex_digits, text[i + 1]);
        if (!high || !low) return std::nullopt;
        out.push_back(static_cast<u8>(*high << 4 | *low));
    }
    return out;
}

std::string to_base64url(ByteView bytes) {
    std::string out;
    out.reserve((bytes.size() * 4 + 2) / 3);
    u32 bits = 0;
    int held = 0;
    for (u8 byte : bytes) {
        bits = bits << 8 | byte;
        held += 8;
        while (held >= 6) {
            held -= 6;
            out.push_back(base64url_digits[bits >> held & 63]);
        }
    }
    if (held > 0) out.push_back(base64url_digits[bits << (6 - held) & 63]);
    return out;
}

std::optional<Bytes> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    Bytes out;
    out.reserve(text.size() * 3 / 4);
    u32 bits = 0;
    int held = 0;
    for (char c : text) {
        const auto value = digit(base64url_digits, c);
        if (!value) return std::nullopt;
        bits = bits << 6 | *value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out.push_back(static_cast<u8>(bits >> held));
        }
    }
    if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;  // stray bits: two texts for one value
    return out;
}

Bytes concat(std::initializer_list<ByteView> parts) {
    Bytes out;
    std::size_t size = 0;
    for (ByteView part : parts) size += part.size();
    out.reserve(size);
    for (ByteView part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

ByteArray<2> be16(u16 value) { return {static_cast<u8>(value >> 8), static_cast<u8>(value)}; }
ByteArray<4> le32(u32 value) { return little_endian<4>(value); }
ByteArray<8> le64(u64 value) { return little_endian<8>(value); }

bool is_utf8(ByteView bytes) {
    std::size_t i = 0;
    while (i < bytes.size()) {
        const u8 first = bytes[i];
        if (first < 0x80) {
            ++i;
            continue;
        }
        const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || bytes.size() - i <= more) return false;
        u32 point = first & (0x3F >> more);
        for (std::size_t k = 1; k <= more; ++k) {
            if ((bytes[i + k] & 0xC0) != 0x80) return false;
            point = point << 6 | (bytes[i + k] & 0x3F);
        }
        constexpr u32 least[] = {0, 0x80, 0x800, 0x10000};
        if (point < least[more] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
        i += more + 1;
    }
    return true;
}

}  // namespace jangbu::base
