// Ed25519: signing by libsodium (constant time), verification by our own engine under one rule.
//
// The rule is ZIP-215 everywhere: S < L; A and R may be non-canonical or of small order; [8][S]B = [8]R + [8][k]A with
// k over the bytes as given. Two honest nodes that disagreed on one signature would split the chain.
// What is signed is always 46 bytes: a 14-byte ASCII domain and a 32-byte hash (formats.md section 2).
// Threads: all functions are pure. Errors: none; any bytes give a verdict.
#pragma once

#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "crypto/hash.h"

namespace jangbu::crypto {

using PublicKey = StrongId<struct PublicKeyTag>;
using Signature = ByteArray<64>;

// The signing domains, 14 bytes each.
namespace domain {
inline constexpr std::string_view transaction = "jangbu/sign/v1";
inline constexpr std::string_view header = "jangbu/head/v1";
inline constexpr std::string_view cosignature = "jangbu/cosi/v1";
inline constexpr std::string_view possession = "jangbu/poss/v1";
inline constexpr std::string_view ticket = "jangbu/tick/v1";  // also a read pass: the hashes have other tags
inline constexpr std::string_view quote = "jangbu/quot/v1";
inline constexpr std::string_view promise = "jangbu/prom/v1";
}  // namespace domain

// domain || hash. REQUIRES: domain.size() == 14.
ByteArray<46> signed_message(std::string_view domain, const Hash& hash);

// One ed25519 key pair made from a 32-byte seed. The seed is wiped on destruction. Move only.
class SigningKey {
public:
    explicit SigningKey(const ByteArray<32>& seed);
    ~SigningKey();
    SigningKey(SigningKey&&) noexcept;
    SigningKey& operator=(SigningKey&&) noexcept;
    SigningKey(const SigningKey&) = delete;
    SigningKey& operator=(const SigningKey&) = delete;

    const PublicKey& public_key() const { return public_key_; }
    Signature sign(std::string_view domain, const Hash& hash) const;

private:
    ByteArray<64> secret_{};
    PublicKey public_key_;
};

struct Claim {
    PublicKey key;
    Signature signature{};
    ByteView message;
};

// ZIP-215 verdicts. verify_many gives one verdict per claim and agrees with verify on each; who
// verifies often keeps a BatchVerifier (crypto/batch_verifier.h), which remembers keys and memory.
bool verify(const PublicKey& key, ByteView message, const Signature& signature);
bool verify(const PublicKey& key, std::string_view domain, const Hash& hash, const Signature& signature);
std::vector<bool> verify_many(std::span<const Claim> claims);

// Strict admission of a key (formats.md section 3): canonical, in the prime-order subgroup, not the identity.
bool admissible_ed25519(const PublicKey& key);

}  // namespace jangbu::crypto
