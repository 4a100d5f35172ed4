#include "crypto/x25519.h"

#include <sodium.h>

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

}  // namespace

ExchangeKey exchange_public(const ExchangeSecret& secret) {
    ExchangeKey key;
    JANGBU_ASSERT(crypto_scalarmult_curve25519_base(key.bytes.data(), secret.data()) == 0);
    return key;
}

bool admissible_x25519(const ExchangeKey& key) {
    // Clamped, this secret is 2^254: it takes exactly the points of low order to zero.
    static constexpr ExchangeSecret power_of_two{};
    return is_canonical(key.bytes) && shared_secret(power_of_two, key).has_value();
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
