// Signatures of W3C Data Integrity, cryptosuite eddsa-jcs-2022, by certify keys.
//
// What is signed is 64 bytes: SHA-256 of the canonical proof options and SHA-256 of the canonical
// document. Everything else that a key of this ledger signs has 46 bytes (crypto/signature.h), so
// neither can pass for the other. Source: W3C Recommendation vc-di-eddsa, section 3.3. Threads:
// pure functions.
#pragma once

#include "crypto/secrets.h"

namespace jangbu::crypto {

using CredentialHashes = ByteArray<64>;

CredentialHashes credential_hashes(std::string_view canonical_options,
                                   std::string_view canonical_document);
// By the organisation's n-th certify key.
Signature sign_credential(const OrganisationSecret& secret, u32 n, const CredentialHashes& hashes);

}  // namespace jangbu::crypto
