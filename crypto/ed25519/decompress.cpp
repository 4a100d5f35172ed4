#include "crypto/ed25519/decompress.h"

namespace jangbu::crypto::ed25519 {

std::optional<Extended<Field>> decompress(const ByteArray<32>& bytes) {
    const auto [point, on_curve] = decompress(from_bytes(bytes), (bytes[31] & 0x80) != 0);
    if (!on_curve) return std::nullopt;
    return point;
}

}  // namespace jangbu::crypto::ed25519
