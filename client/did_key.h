// did:key of an Ed25519 key: "did:key:z" and base58btc of 0xed 0x01 and the key, and multibase of
// signatures. Source: the did:key method of the W3C CCG; multibase 'z'. Threads: pure functions.
#pragma once

#include "crypto/signature.h"

namespace jangbu::client {

std::string did_of(const crypto::PublicKey& key);
// "<did>#<the part behind did:key:>", the one verification method of such a DID.
std::string verification_method_of(const crypto::PublicKey& key);
// Nothing but the exact text of did_of for some 32 bytes.
std::optional<crypto::PublicKey> key_of_did(std::string_view did);

std::string multibase(ByteView bytes);  // base58btc
// At most 256 characters.
std::optional<Bytes> from_multibase(std::string_view text);

}  // namespace jangbu::client
