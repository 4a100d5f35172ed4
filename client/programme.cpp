#include "client/programme.h"

namespace jangbu::client {
namespace {

constexpr std::size_t number_bytes_max = 64;

Hash act_hash(std::initializer_list<ByteView> parts) {
    static const crypto::Tag tag("jangbu/client/act/v1");
    return tag(parts);
}

std::string short_hex(const Hash& hash) {
    return to_hex(ByteView(hash).first(16));
}

market::CreateProgramme operation_of(const ProgrammeRequest& request) {
    market::CreateProgramme operation;
    operation.terms = request.terms;
    operation.funders = request.funders;
    return operation;
}

}  // namespace

Result<CreatedProgramme> create_programme(Session& session, const ProgrammeRequest& request) {
    const Bytes named =
        request.act.empty() ? bcs::encode(operation_of(request)) : to_bytes(as_bytes(request.act));
    const std::string label = "programme-" + short_hex(act_hash({named, request.rules}));
    const auto draft = [&]() -> Result<Draft> {
        const ledger::Document rules{crypto::random_array<32>(), request.rules_media_type,
                                     request.rules};
        market::CreateProgramme operation = operation_of(request);
        operation.nonce = crypto::random_array<16>();
        operation.terms.rules = ledger::document_ref(rules, ledger::DocumentClass::public_);
        return Draft{operation, {rules}};
    };
    CreatedProgramme created;
    created.posted = TRY(post(session, label, draft));
    created.id =
        market::programme_id(session.chain_id(), session.org(),
                             std::get<market::CreateProgramme>(created.posted.operation).nonce);
    return created;
}

Result<Posted> fund_programme(Session& session, const ProgrammeId& programme, u64 amount,
                              bool again) {
    const std::string label = "fund-" + programme.hex();
    if (again) TRY(forget(session, label));
    return post(session, label, [&]() -> Result<Draft> {
        return Draft{market::FundProgramme{programme, amount}, {}};
    });
}

Result<Posted> open_programme(Session& session, const ProgrammeId& programme) {
    return post(session, "open-" + programme.hex(),
                [&]() -> Result<Draft> { return Draft{market::OpenProgramme{programme}, {}}; });
}

Result<Issued> issue_voucher(Session& session, const IssueRequest& request) {
    const auto draft = [&]() -> Result<Draft> {
        market::IssueVoucher operation;
        operation.nonce = crypto::random_array<16>();
        operation.programme = request.programme;
        operation.holder = request.holder;
        operation.amount = request.amount;
        operation.expiry_ms = request.expiry_ms;
        operation.purpose_tag = request.purpose_tag;
        return Draft{operation, {}};
    };
    // A purpose tag is issued once in its family, so it names the act.
    const std::string label =
        "issue-" + short_hex(act_hash({request.programme.bytes, request.purpose_tag}));
    Issued issued;
    issued.posted = TRY(post(session, label, draft));
    issued.id = market::voucher_id(session.chain_id(), session.org(),
                                   std::get<market::IssueVoucher>(issued.posted.operation).nonce);
    return issued;
}

Result<Posted> mint_credits(Session& session, const OrgId& depositor, u64 amount,
                            std::string_view bank_reference) {
    const Hash reference = crypto::hmac_sha256(
        session.secret().bytes(), {as_bytes("jangbu/bref/v1"), as_bytes(bank_reference)});
    return post(session, "mint-" + to_hex(reference), [&]() -> Result<Draft> {
        return Draft{market::MintCredits{depositor, amount, reference}, {}};
    });
}

Hash family_key(const crypto::OrganisationSecret& authority, const market::FamilyId& family,
                u16 tag_key) {
    const ByteArray<2> number{static_cast<u8>(tag_key), static_cast<u8>(tag_key >> 8)};
    return crypto::hmac_sha256(authority.bytes(),
                               {as_bytes("jangbu/famk/v1"), family.bytes, number});
}

Hash group_tag(const Hash& key, const std::string& group_number) {
    bcs::Encoder encoder;
    encoder.text(group_number, number_bytes_max);
    return crypto::hmac_sha256(key, {as_bytes("jangbu/group/v1"), encoder.out()});
}

Hash purpose_tag(const Hash& key, const std::string& business_number, u16 purpose_code,
                 u16 fiscal_year) {
    bcs::Encoder encoder;
    encoder.text(business_number, number_bytes_max);
    encoder(purpose_code);
    encoder(fiscal_year);
    return crypto::hmac_sha256(key, {as_bytes("jangbu/purp/v1"), encoder.out()});
}

}  // namespace jangbu::client
