#include "client/members.h"

namespace jangbu::client {
namespace {

using crypto::KeyKind;
using crypto::Purpose;

KeyKind kind_of(Purpose purpose) {
    return purpose == Purpose::encrypt ? KeyKind::x25519 : KeyKind::ed25519;
}

ByteArray<32> public_bytes(const crypto::OrganisationSecret& secret, Purpose purpose, u32 n) {
    if (purpose == Purpose::encrypt) return crypto::exchange_public(secret.prekey(n)).bytes;
    return secret.signing_key(purpose, n).public_key().bytes;
}

std::optional<u32> key_number(const crypto::OrganisationSecret& secret, const ledger::Key& key,
                              u32 numbers) {
    for (u32 n = 0; n < numbers; ++n)
        if (public_bytes(secret, static_cast<Purpose>(key.purpose), n) == key.bytes) return n;
    return std::nullopt;
}

KeyId id_of(const ledger::Key& key) {
    return ledger::key_id(key.org, static_cast<KeyKind>(key.kind),
                          static_cast<Purpose>(key.purpose), key.bytes);
}

}  // namespace

Result<OrgId> set_up_keys(Home& home, const crypto::OrganisationSecret& secret,
                          std::string_view password, bool restored, crypto::KeystoreCost cost) {
    if (password.empty()) return fail(ErrorCode::usage, "the password is empty");
    if (home.has_keys())
        return fail(ErrorCode::already_exists,
                    "there are keys in " + home.folder().string() + " already");
    const OrgId org = ledger::org_id(secret.signing_key(Purpose::transact, 0).public_key());
    // The config first: a home with a keystore always names its organisation.
    HomeConfig config = home.config();
    config.org_id = org;
    config.restored = restored;
    TRY(home.set_config(config));
    TRY(crypto::write_keystore(home.keystore(), secret.bytes(), password, cost));
    return org;
}

Result<crypto::OrganisationSecret> open_secret(const Home& home, std::string_view password) {
    if (!home.has_keys())
        return fail(ErrorCode::usage, "there are no keys in " + home.folder().string() +
                                          "; make them with: jangbu keys init");
    ByteArray<32> bytes = TRY(crypto::read_keystore(home.keystore(), password));
    const crypto::OrganisationSecret secret(bytes);
    crypto::wipe(bytes);
    return secret;
}

Result<std::vector<KeyLine>> list_keys(Session& session) {
    const std::vector<ledger::Key> keys = TRY(session.own_keys());
    const u32 numbers = static_cast<u32>(keys.size()) + 1;
    std::vector<KeyLine> lines;
    for (const ledger::Key& key : keys)
        lines.push_back(
            {id_of(key), key, key_number(session.secret(), key, numbers),
             key.live_at(session.head().header.height + 1, session.head().header.time_ms)});
    return lines;
}

Result<AddedKey> add_key(Session& session, Purpose purpose, std::optional<u64> valid_until_ms,
                         bool again) {
    const std::string label = "add-key-" + std::to_string(static_cast<int>(purpose));
    if (again) TRY(forget(session, label));
    const auto draft = [&]() -> Result<Draft> {
        const std::vector<ledger::Key> keys = TRY(session.own_keys());
        const auto is_registered = [&](const ByteArray<32>& bytes) {
            for (const ledger::Key& key : keys)
                if (key.bytes == bytes) return true;
            return false;
        };
        u32 n = 0;
        while (is_registered(public_bytes(session.secret(), purpose, n))) ++n;
        market::AddKey operation;
        operation.kind = static_cast<u8>(kind_of(purpose));
        operation.purpose = static_cast<u8>(purpose);
        operation.bytes = public_bytes(session.secret(), purpose, n);
        operation.valid_until_ms = valid_until_ms;
        const KeyId id = ledger::key_id(session.org(), kind_of(purpose), purpose, operation.bytes);
        if (purpose != Purpose::encrypt)
            operation.possession =
                session.secret().signing_key(purpose, n).sign(crypto::domain::possession, id.bytes);
        return Draft{operation, {}};
    };
    AddedKey added;
    added.posted = TRY(post(session, label, draft));
    const auto& operation = std::get<market::AddKey>(added.posted.operation);
    added.id = ledger::key_id(session.org(), kind_of(purpose), purpose, operation.bytes);
    const std::vector<ledger::Key> keys = TRY(session.own_keys());
    while (public_bytes(session.secret(), purpose, added.number) != operation.bytes &&
           added.number < keys.size() + 1)
        ++added.number;
    return added;
}

Result<Posted> revoke_key(Session& session, const KeyId& id) {
    return post(session, "revoke-" + id.hex(),
                [&]() -> Result<Draft> { return Draft{market::RevokeKey{id}, {}}; });
}

Status export_key(const crypto::OrganisationSecret& secret, Purpose purpose,
                  const std::filesystem::path& file, std::string_view password,
                  crypto::KeystoreCost cost) {
    if (password.empty()) return fail(ErrorCode::usage, "the password is empty");
    // The seed of the key, not the organisation secret: docs/formats.md section 3.
    const ByteArray<1> use{static_cast<u8>(purpose)};
    ByteArray<32> seed =
        crypto::hmac_sha256(secret.bytes(), {as_bytes("jangbu/skey/v1"), use, le32(0)});
    const Status written = crypto::write_keystore(file, seed, password, cost);
    crypto::wipe(seed);
    return written;
}

}  // namespace jangbu::client
