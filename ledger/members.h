// Members of the ledger: organisations and their keys, as state records (tables 1, 2 and 14 of
// docs/formats.md).
//
// A signature is judged at inclusion height. AddKey and RevokeKey take effect at height + 1.
#pragma once

#include "base/bcs.h"
#include "crypto/secrets.h"
#include "ledger/document.h"
#include "ledger/rejection.h"
#include "ledger/state_view.h"
#include "ledger/types.h"

namespace jangbu::ledger {

using crypto::KeyKind;
using crypto::Purpose;

// Roles are bits.
enum Role : u16 {
    role_validator = 1,
    role_settlement_agent = 2,
    role_programme_owner = 4,
    role_attestor = 8,
    role_tag_authority = 16,
    role_auditor = 32,
    role_store = 64,
};
enum class OrganisationState : u8 { active = 1, suspended = 2 };

struct Organisation {
    OrgId id;
    u16 roles = 0;
    OrganisationState state = OrganisationState::active;
    std::optional<DocumentRef> profile;
    std::string endpoint;  // of its content store, "" if it has none
    std::optional<Hash> tls_pin;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.id);
        c(self.roles);
        c(self.state);
        c(self.profile);
        c.text(self.endpoint, 200);
        c(self.tls_pin);
    }
    bool operator==(const Organisation&) const = default;
};

struct Key {
    u8 kind = 0;     // KeyKind
    u8 purpose = 0;  // Purpose
    ByteArray<32> bytes{};
    OrgId org;
    u64 valid_from_height = 0;
    std::optional<u64> valid_until_ms;
    std::optional<u64> revoked_at_height;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.kind);
        c(self.purpose);
        c(self.bytes);
        c(self.org);
        c(self.valid_from_height);
        c(self.valid_until_ms);
        c(self.revoked_at_height);
    }
    bool operator==(const Key&) const = default;

    // In force in a block of this height and time.
    bool live_at(u64 height, u64 time_ms) const;
};

// Table 14: the same bytes can be registered once, whatever the purpose.
struct KeyByBytes {
    KeyId key_id;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.key_id);
    }
};

// H("jangbu/key/v1", org_id || kind || purpose || bytes): what a possession proof signs; a prekey
// id is one.
KeyId key_id(const OrgId& org, KeyKind kind, Purpose purpose, const ByteArray<32>& bytes);

// exchange.md section 15: which of the two fails first, if any.
enum class KeyAdmission { ok, not_admissible, possession_invalid };
KeyAdmission admit_key(const OrgId& org, u8 kind, u8 purpose, const ByteArray<32>& bytes,
                       const std::optional<Signature>& possession);

std::optional<Organisation> find_organisation(const StateReader& state, const OrgId& id);
std::optional<Key> find_key(const StateReader& state, const KeyId& id);
std::optional<Key> find_key_by_bytes(const StateReader& state, const ByteArray<32>& bytes);

}  // namespace jangbu::ledger
