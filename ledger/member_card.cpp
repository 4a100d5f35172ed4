#include "ledger/member_card.h"

#include <algorithm>

namespace jangbu::ledger {
namespace {

constexpr std::string_view lead = "jangbu-card/1 ";
constexpr std::size_t text_bytes_max = 16 << 10;

MemberCard::Entry signing_entry(const OrgId& org, const crypto::SigningKey& key, Purpose purpose) {
    const KeyId id = key_id(org, KeyKind::ed25519, purpose, key.public_key().bytes);
    return {KeyKind::ed25519, purpose, key.public_key().bytes,
            key.sign(crypto::domain::possession, id.bytes)};
}

Status check(const MemberCard& card) {
    bool names_itself = false;
    for (const MemberCard::Entry& entry : card.keys) {
        const auto verdict =
            admit_key(card.org, static_cast<u8>(entry.kind), static_cast<u8>(entry.purpose),
                      entry.bytes, entry.possession);
        if (verdict == KeyAdmission::not_admissible)
            return fail(ErrorCode::verification_failed, "member card: a key is not admissible");
        if (verdict == KeyAdmission::possession_invalid)
            return fail(ErrorCode::verification_failed,
                        "member card: a possession proof does not hold");
        if (entry.purpose == Purpose::transact && org_id(PublicKey(entry.bytes)) == card.org)
            names_itself = true;
    }
    if (!names_itself)
        return fail(ErrorCode::verification_failed,
                    "member card: no transact key makes this organisation id");
    return {};
}

}  // namespace

std::string to_text(const MemberCard& card) {
    return std::string(lead) + to_base64url(bcs::encode(card));
}

Result<MemberCard> read_member_card(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.remove_suffix(1);
    if (text.size() > text_bytes_max || !text.starts_with(lead))
        return fail(ErrorCode::malformed,
                    "not a member card: it starts with \"" + std::string(lead) + "\"");
    const auto bytes = from_base64url(text.substr(lead.size()));
    if (!bytes) return fail(ErrorCode::malformed, "member card: not base64url");
    MemberCard card = TRY(bcs::decode<MemberCard>(*bytes));
    TRY(check(card));
    return card;
}

MemberCard make_member_card(const crypto::OrganisationSecret& secret, u32 prekeys) {
    MemberCard card;
    const crypto::SigningKey transact = secret.signing_key(Purpose::transact, 0);
    card.org = org_id(transact.public_key());
    card.keys.push_back(signing_entry(card.org, transact, Purpose::transact));
    for (Purpose purpose : {Purpose::deliver, Purpose::operate, Purpose::certify})
        card.keys.push_back(signing_entry(card.org, secret.signing_key(purpose, 0), purpose));
    for (u32 n = 0; n < prekeys; ++n)
        card.keys.push_back({KeyKind::x25519,
                             Purpose::encrypt,
                             crypto::exchange_public(secret.prekey(n)).bytes,
                             {}});
    return card;
}

}  // namespace jangbu::ledger
