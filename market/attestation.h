// Attestations in force and the groups that they name (docs/support.md section 2).
//
// Block time in ms. Nothing here is computed from an attestation's dates but whether they hold now.
#pragma once

#include "ledger/application.h"
#include "market/state_keys.h"

namespace jangbu::market {

// In force: valid_from <= block time <= valid_to, not revoked, a class of the law, and tagged with
// the family's present key (tags of two keys cannot be compared).
bool is_live(const Attestation& attestation, const Family& family, u64 time_ms);

// The subject's attestation in the family, if it is in force.
std::optional<Attestation> live_attestation(const StateReader& state,
                                            const ledger::BlockContext& block, const OrgId& subject,
                                            const FamilyId& family);

// G(x): the group tag of a live attestation, else the organisation's own id.
Hash group_of(const std::optional<Attestation>& live, const OrgId& subject);

}  // namespace jangbu::market
