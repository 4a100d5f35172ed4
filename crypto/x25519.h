// X25519 (RFC 7748) by libsodium, with the admission rule of formats.md section 3.
#pragma once

#include "base/result.h"
#include "base/strong_id.h"
#include "crypto/hash.h"

namespace jangbu::crypto {

using ExchangeKey = StrongId<struct ExchangeKeyTag>;  // an x25519 public key
using ExchangeSecret = ByteArray<32>;

ExchangeKey exchange_public(const ExchangeSecret& secret);
// Canonical (< 2^255 - 19) and not of low order.
bool admissible_x25519(const ExchangeKey& key);
// An all-zero result is refused (verification_failed).
Result<Hash> shared_secret(const ExchangeSecret& secret, const ExchangeKey& peer);

}  // namespace jangbu::crypto
