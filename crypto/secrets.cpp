#include "crypto/secrets.h"

namespace jangbu::crypto {

OrganisationSecret OrganisationSecret::random() {
    return OrganisationSecret(random_array<32>());
}

SigningKey OrganisationSecret::signing_key(Purpose purpose, u32 n) const {
    const ByteArray<1> purpose_byte{static_cast<u8>(purpose)};
    Hash seed = hmac_sha256(bytes_, {as_bytes("jangbu/skey/v1"), purpose_byte, le32(n)});
    SigningKey key(seed);
    wipe(seed);
    return key;
}

ExchangeSecret OrganisationSecret::prekey(u32 n) const {
    return hmac_sha256(bytes_, {as_bytes("jangbu/prek/v1"), le32(n)});
}

Hash OrganisationSecret::dataset_seed(const ByteArray<16>& seed_nonce) const {
    return hmac_sha256(bytes_, {as_bytes("jangbu/seed/v1"), seed_nonce});
}

Hash OrganisationSecret::delivery_secret() const {
    return hmac_sha256(bytes_, {as_bytes("jangbu/delv/v1")});
}

}  // namespace jangbu::crypto
