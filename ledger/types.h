// Ids of the ledger. How each is made: docs/formats.md section 3.
#pragma once

#include "base/strong_id.h"
#include "crypto/hash.h"
#include "crypto/signature.h"

namespace jangbu::ledger {

using crypto::Hash;
using crypto::PublicKey;
using crypto::Signature;

using ChainId = StrongId<struct ChainIdTag>;
using TxId = StrongId<struct TxIdTag>;
using OrgId = StrongId<struct OrgIdTag>;
using KeyId = StrongId<struct KeyIdTag>;
using HeaderHash = StrongId<struct HeaderHashTag>;
using DocumentHash = StrongId<struct DocumentHashTag>;

// H("jangbu/org/v1", first transact key)
OrgId org_id(const PublicKey& first_transact_key);
// H("jangbu/<kind>/v1", chain_id || org_id || random16): the id of everything that an operation
// creates with a nonce.
Hash created_id(std::string_view kind, const ChainId& chain, const OrgId& org,
                const ByteArray<16>& random16);

}  // namespace jangbu::ledger
