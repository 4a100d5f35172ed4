// Keys of the own organisation: made from one secret, listed, added, revoked, restored.
//
// Threads: one. Errors: already_exists (a home has keys already), malformed (words), rejected,
// not_found, usage.
#pragma once

#include "client/outbox.h"
#include "crypto/keystore.h"
#include "ledger/member_card.h"

namespace jangbu::client {

// Writes the keystore; the home then belongs to the organisation of these words. Nothing of the
// secret stays elsewhere.
Result<OrgId> set_up_keys(Home& home, const crypto::OrganisationSecret& secret,
                          std::string_view password, bool restored, crypto::KeystoreCost cost = {});
Result<crypto::OrganisationSecret> open_secret(const Home& home, std::string_view password);

// A key as a person sees it.
struct KeyLine {
    KeyId id;
    ledger::Key key;
    std::optional<u32> number;  // n, if it comes from these words
    bool live = false;
};
Result<std::vector<KeyLine>> list_keys(Session& session);

struct AddedKey {
    KeyId id;
    u32 number = 0;
    Posted posted;
};
// The next number of this purpose.
Result<AddedKey> add_key(Session& session, crypto::Purpose purpose,
                         std::optional<u64> valid_until_ms, bool again);
Result<Posted> revoke_key(Session& session, const KeyId& id);

// The ed25519 key of number 0 of a purpose as a keystore file, for a validator or a witness.
Status export_key(const crypto::OrganisationSecret& secret, crypto::Purpose purpose,
                  const std::filesystem::path& file, std::string_view password,
                  crypto::KeystoreCost cost = {});

}  // namespace jangbu::client
