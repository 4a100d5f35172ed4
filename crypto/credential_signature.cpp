#include "crypto/credential_signature.h"

#include <sodium.h>

#include "base/assert.h"

namespace jangbu::crypto {

CredentialHashes credential_hashes(std::string_view canonical_options,
                                   std::string_view canonical_document) {
    const Bytes both =
        concat({sha256(as_bytes(canonical_options)), sha256(as_bytes(canonical_document))});
    CredentialHashes hashes;
    std::copy(both.begin(), both.end(), hashes.begin());
    return hashes;
}

Signature sign_credential(const OrganisationSecret& secret, u32 n, const CredentialHashes& hashes) {
    const ByteArray<1> purpose{static_cast<u8>(Purpose::certify)};
    Hash seed = hmac_sha256(secret.bytes(), {as_bytes("jangbu/skey/v1"), purpose, le32(n)});
    ByteArray<32> public_key;
    ByteArray<64> key;
    crypto_sign_seed_keypair(public_key.data(), key.data(), seed.data());
    Signature signature;
    JANGBU_ASSERT(crypto_sign_detached(signature.data(), nullptr, hashes.data(), hashes.size(),
                                       key.data()) == 0);
    wipe(key);
    wipe(seed);
    return signature;
}

}  // namespace jangbu::crypto
