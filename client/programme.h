// Purchase support from the side of an agency and of the settlement agent: programmes, vouchers,
// credits, tags.
//
// Tags are equality without the number (docs/support.md section 2): keyed hashes under the key of a
// programme family, which is derived from the tag authority's own secret. Threads: one. Errors:
// usage, rejected, unavailable.
#pragma once

#include "client/outbox.h"

namespace jangbu::client {

struct ProgrammeRequest {
    market::ProgrammeTerms terms;  // but for `rules`
    std::vector<OrgId> funders;
    Bytes rules;  // the text of the rules, a public document
    std::string rules_media_type = "text/markdown";
    std::string
        act;  // names this act where dates are relative: the same text is the same programme
};
struct CreatedProgramme {
    ProgrammeId id;
    Posted posted;
};
Result<CreatedProgramme> create_programme(Session& session, const ProgrammeRequest& request);
Result<Posted> fund_programme(Session& session, const ProgrammeId& programme, u64 amount,
                              bool again);
Result<Posted> open_programme(Session& session, const ProgrammeId& programme);

struct IssueRequest {
    ProgrammeId programme;
    OrgId holder;
    u64 amount = 0;
    u64 expiry_ms = 0;
    Hash purpose_tag{};
};
struct Issued {
    VoucherId id;
    Posted posted;
};
Result<Issued> issue_voucher(Session& session, const IssueRequest& request);

// `bank_reference` is hashed under the agent's own secret: it can be repeated by nobody and says
// nothing about accounts.
Result<Posted> mint_credits(Session& session, const OrgId& depositor, u64 amount,
                            std::string_view bank_reference);

// HMAC-SHA-256(organisation secret, "jangbu/famk/v1" || family id || le16 tag_key)
Hash family_key(const crypto::OrganisationSecret& authority, const market::FamilyId& family,
                u16 tag_key);
Hash group_tag(const Hash& family_key, const std::string& group_number);
Hash purpose_tag(const Hash& family_key, const std::string& business_number, u16 purpose_code,
                 u16 fiscal_year);

}  // namespace jangbu::client
