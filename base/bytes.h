// Byte strings and their two text forms: lower-case hex, and base64url without padding (RFC 4648 section 5).
//
// Inputs are views, outputs are values. The text readers are strict: an upper-case hex digit, padding, a stray bit
// or a character outside the alphabet gives nothing.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/integers.h"

namespace jangbu::base {

using Bytes = std::vector<u8>;
using ByteView = std::span<const u8>;
template <std::size_t N>
using ByteArray = std::array<u8, N>;

std::string to_hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view text);
// Exactly N bytes, else nothing.
template <std::size_t N>
std::optional<ByteArray<N>> from_hex_array(std::string_view text);

std::string to_base64url(ByteView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const u8*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

// Concatenation of byte strings.
Bytes concat(std::initializer_list<ByteView> parts);

ByteArray<2> be16(u16 value);
ByteArray<4> le32(u32 value);
ByteArray<8> le64(u64 value);

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(ByteView bytes);

template <std::size_t N>
std::optional<ByteArray<N>> from_hex_array(std::string_view text) {
    const std::optional<Bytes> bytes = from_hex(text);
    if (!bytes || bytes->size() != N) return std::nullopt;
    ByteArray<N> out{};
    for (std::size_t i = 0; i < N; ++i) out[i] = (*bytes)[i];
    return out;
}

}  // namespace jangbu::base
