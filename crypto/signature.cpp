#include "crypto/signature.h"

#include <sodium.h>

#include <algorithm>
#include <memory>

#include "base/assert.h"
#include "crypto/batch_verifier.h"
#include "crypto/ed25519/verify.h"

namespace jangbu::crypto {

ByteArray<46> signed_message(std::string_view domain, const Hash& hash) {
    JANGBU_ASSERT(domain.size() == 14);
    ByteArray<46> out;
    const auto rest = std::ranges::copy(as_bytes(domain), out.begin()).out;
    std::ranges::copy(hash, rest);
    return out;
}

SigningKey::SigningKey(const ByteArray<32>& seed) {
    crypto_sign_ed25519_seed_keypair(public_key_.bytes.data(), secret_.data(), seed.data());
}

SigningKey::~SigningKey() {
    wipe(secret_);
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : secret_(other.secret_), public_key_(other.public_key_) {
    wipe(other.secret_);
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
    if (this != &other) {
        secret_ = other.secret_;
        public_key_ = other.public_key_;
        wipe(other.secret_);
    }
    return *this;
}

Signature SigningKey::sign(std::string_view domain, const Hash& hash) const {
    const ByteArray<46> message = signed_message(domain, hash);
    Signature out;
    crypto_sign_ed25519_detached(out.data(), nullptr, message.data(), message.size(),
                                 secret_.data());
    return out;
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) {
    return ed25519::verify(key.bytes, message, signature);
}

bool verify(const PublicKey& key, std::string_view domain, const Hash& hash,
            const Signature& signature) {
    return verify(key, signed_message(domain, hash), signature);
}

std::vector<bool> verify_many(std::span<const Claim> claims) {
    KeyCache no_keys(0, 0);
    BatchVerifier verifier(no_keys);
    const auto verdicts = std::make_unique<bool[]>(claims.size());
    verifier.verify(claims, {verdicts.get(), claims.size()});
    return std::vector<bool>(verdicts.get(), verdicts.get() + claims.size());
}

bool admissible_ed25519(const PublicKey& key) {
    return ed25519::is_admissible(key.bytes);
}

}  // namespace jangbu::crypto
