// StrongId: 32 bytes with a meaning. Compares and orders; converts to nothing, in neither direction.
//
// Mixing up an OrderId and a ListingId does not compile. `bytes` is public since an id is plain data.
#pragma once

#include <compare>

#include "base/bytes.h"

namespace jangbu::base {

template <class Tag, std::size_t N = 32>
struct StrongId {
    ByteArray<N> bytes{};

    StrongId() = default;
    explicit StrongId(const ByteArray<N>& value) : bytes(value) {}

    // The id written in hex, or nothing.
    static std::optional<StrongId> from_hex(std::string_view text) {
        const auto array = from_hex_array<N>(text);
        if (!array) return std::nullopt;
        return StrongId(*array);
    }
    std::string hex() const { return to_hex(bytes); }
    ByteView view() const { return bytes; }
    bool is_zero() const { return *this == StrongId(); }

    auto operator<=>(const StrongId&) const = default;
};

}  // namespace jangbu::base
