// Everything an organisation needs, derived from one backed-up 32-byte secret (formats.md sections
// 3 and 8).
//
// Words and ledger together restore everything: nothing that is needed later lives only in memory
// or in one file. Ownership: OrganisationSecret wipes itself on destruction.
#pragma once

#include "crypto/hash.h"
#include "crypto/ristretto.h"
#include "crypto/signature.h"
#include "crypto/x25519.h"

namespace jangbu::crypto {

enum class KeyKind : u8 { ed25519 = 1, x25519 = 2 };
enum class Purpose : u8 {
    transact = 1,
    deliver = 2,
    encrypt = 3,
    operate = 4,
    certify = 5,
    witness = 6
};

class OrganisationSecret {
public:
    explicit OrganisationSecret(const ByteArray<32>& bytes) : bytes_(bytes) {}
    static OrganisationSecret random();
    ~OrganisationSecret() { wipe(bytes_); }
    OrganisationSecret(const OrganisationSecret&) = default;
    OrganisationSecret& operator=(const OrganisationSecret&) = default;

    const ByteArray<32>& bytes() const { return bytes_; }
    SigningKey signing_key(Purpose purpose, u32 n) const;
    ExchangeSecret prekey(u32 n) const;
    Hash dataset_seed(const ByteArray<16>& seed_nonce) const;
    Hash delivery_secret() const;

private:
    ByteArray<32> bytes_;
};

// BIP-39: 24 words straight over the 32 bytes with the checksum, no stretching. Korean words come
// composed (NFC).
enum class WordList { english, korean };
std::vector<std::string> to_words(const ByteArray<32>& secret, WordList list);
// Either list, but one for the whole text; any mix of spaces and of capital letters; Korean words
// may be composed or decomposed. Error malformed names the place of the word or says that the
// checksum does not match.
Result<ByteArray<32>> from_words(std::string_view text);

}  // namespace jangbu::crypto
