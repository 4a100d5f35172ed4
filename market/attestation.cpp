#include "market/attestation.h"

namespace jangbu::market {

bool is_live(const Attestation& attestation, const Family& family, u64 time_ms) {
    return CompanyClass::micro <= attestation.class_ && attestation.class_ <= CompanyClass::other &&
           attestation.tag_key == family.tag_key && attestation.valid_from_ms <= time_ms &&
           time_ms <= attestation.valid_to_ms && !attestation.revoked_at;
}

std::optional<Attestation> live_attestation(const StateReader& state,
                                            const ledger::BlockContext& block, const OrgId& subject,
                                            const FamilyId& family) {
    const auto named = find_family(state, family);
    const auto attestation = find_attestation(state, subject, family);
    if (!named || !attestation || !is_live(*attestation, *named, block.time_ms))
        return std::nullopt;
    return attestation;
}

Hash group_of(const std::optional<Attestation>& live, const OrgId& subject) {
    return live ? live->group_tag : subject.bytes;
}

}  // namespace jangbu::market
