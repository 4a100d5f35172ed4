#include "ledger/members.h"

namespace jangbu::ledger {
namespace {

bool is_admissible(u8 kind, u8 purpose, const ByteArray<32>& bytes) {
    if (purpose < static_cast<u8>(Purpose::transact) || purpose > static_cast<u8>(Purpose::witness))
        return false;
    const bool encrypts = purpose == static_cast<u8>(Purpose::encrypt);
    switch (static_cast<KeyKind>(kind)) {
        case KeyKind::ed25519:
            return !encrypts && crypto::admissible_ed25519(PublicKey(bytes));
        case KeyKind::x25519:
            return encrypts && crypto::admissible_x25519(crypto::ExchangeKey(bytes));
    }
    return false;
}

}  // namespace

bool Key::live_at(u64 height, u64 time_ms) const {
    if (height < valid_from_height) return false;
    if (revoked_at_height && height >= *revoked_at_height) return false;
    return !valid_until_ms || time_ms <= *valid_until_ms;
}

KeyId key_id(const OrgId& org, KeyKind kind, Purpose purpose, const ByteArray<32>& bytes) {
    static const crypto::Tag tag("jangbu/key/v1");
    const ByteArray<2> use{static_cast<u8>(kind), static_cast<u8>(purpose)};
    return KeyId(tag({org.bytes, use, bytes}));
}

KeyAdmission admit_key(const OrgId& org, u8 kind, u8 purpose, const ByteArray<32>& bytes,
                       const std::optional<Signature>& possession) {
    if (!is_admissible(kind, purpose, bytes)) return KeyAdmission::not_admissible;
    if (static_cast<KeyKind>(kind) == KeyKind::x25519)
        return possession ? KeyAdmission::possession_invalid : KeyAdmission::ok;
    const KeyId id = key_id(org, KeyKind::ed25519, static_cast<Purpose>(purpose), bytes);
    const bool possessed =
        possession &&
        crypto::verify(PublicKey(bytes), crypto::domain::possession, id.bytes, *possession);
    return possessed ? KeyAdmission::ok : KeyAdmission::possession_invalid;
}

std::optional<Organisation> find_organisation(const StateReader& state, const OrgId& id) {
    return read_record<Organisation>(state, state_key(Table::organisation, id.bytes));
}

std::optional<Key> find_key(const StateReader& state, const KeyId& id) {
    return read_record<Key>(state, state_key(Table::key, id.bytes));
}

std::optional<Key> find_key_by_bytes(const StateReader& state, const ByteArray<32>& bytes) {
    const auto found = read_record<KeyByBytes>(state, state_key(Table::key_by_bytes, bytes));
    if (!found) return std::nullopt;
    return find_key(state, found->key_id);
}

}  // namespace jangbu::ledger
