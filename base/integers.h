// Fixed-width integers by the names that formats.md uses.
#pragma once

#include <cstddef>
#include <cstdint>

namespace jangbu::base {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;
__extension__ typedef unsigned __int128 u128;  // NOLINT: products of amounts and rates

}  // namespace jangbu::base

namespace jangbu {
using namespace base;  // NOLINT: base is the vocabulary of every layer
}
