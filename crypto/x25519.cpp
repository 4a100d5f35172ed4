#include "crypto/x25519.h"

#include <sodium.h>

#include <algorithm>

#include "base/assert.h"

namespace jangbu::crypto {
namespace {

// Little-endian u < 2^255 - 19. The top bit, which RFC 7748 ignores, counts.
bool is_canonical(const ByteArray<32>& u) {
    if (u[31] != 0x7F) return u[31] < 0x7F;
    for (std::size_t i = 30; i > 0; --i)
        if (u[i] != 0xFF) return true;
    return u[0] < 0xED;
}

// Every canonical u of a point of order 1, 2, 4 or 8 on the curve or its twist: 0, 1, -1 and two of
// order 8. Exactly those that a clamped secret, a multiple of 8, takes to zero.
constexpr std::array<ByteArray<32>, 5> low_order{{
    {},
    {1},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
     0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
     0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
     0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
     0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
}};

}  // namespace

ExchangeKey exchange_public(const ExchangeSecret& secret) {
    ExchangeKey key;
    JANGBU_ASSERT(crypto_scalarmult_curve25519_base(key.bytes.data(), secret.data()) == 0);
    return key;
}

bool admissible_x25519(const ExchangeKey& key) {
    return is_canonical(key.bytes) && std::ranges::find(low_order, key.bytes) == low_order.end();
}

Result<Hash> shared_secret(const ExchangeSecret& secret, const ExchangeKey& peer) {
    Hash shared{};
    const int status =
        crypto_scalarmult_curve25519(shared.data(), secret.data(), peer.bytes.data());
    if (status != 0 || sodium_is_zero(shared.data(), shared.size()) == 1)
        return fail(ErrorCode::verification_failed, "the X25519 key is of low order");
    return shared;
}

}  // namespace jangbu::crypto
