#include "app/command/operation_text.h"

#include "app/command/record_json.h"
#include "client/plain_text.h"

namespace jangbu::app {
namespace {

using client::won_text;
using Fields = std::vector<std::pair<std::string, std::string>>;

std::string document_text(const market::DocumentRef& document) {
    return document.hash.hex() + ", " + std::to_string(document.length) + " bytes, class " +
           std::to_string(document.access);
}

Fields fields(const market::RevokeKey& operation) {
    return {{"key", operation.key_id.hex()}};
}

Fields fields(const market::CreateProgramme& operation) {
    const market::ProgrammeTerms& terms = operation.terms;
    Fields out{{"family", terms.family.hex()},
               {"fiscal year", std::to_string(terms.fiscal_year)},
               {"kind", terms.kind == 1   ? "purchase"
                        : terms.kind == 2 ? "processing"
                        : terms.kind == 3 ? "both"
                                          : std::to_string(terms.kind)},
               {"threshold", std::to_string(terms.threshold)},
               {"budget at most", won_text(terms.budget_max)},
               {"cap of an order", won_text(terms.cap_order)},
               {"cap of a company", won_text(terms.cap_company)},
               {"cap of a group", won_text(terms.cap_group)},
               {"cap of a pair", won_text(terms.cap_pair)},
               {"valid from", client::iso_time(terms.valid_from_ms)},
               {"valid to", client::iso_time(terms.valid_to_ms)},
               {"redeem by", client::iso_time(terms.redeem_by_ms)},
               {"review rules", std::to_string(terms.review_rules)},
               {"rules", document_text(terms.rules)},
               {"nonce", to_hex(operation.nonce)}};
    static constexpr const char* classes[] = {"micro", "small", "medium", "other"};
    for (std::size_t i = 0; i < terms.share_bps.size(); ++i)
        out.emplace_back(std::string("share, ") + classes[i],
                         std::to_string(terms.share_bps[i]) + " basis points");
    for (const auto& [category, cap] : terms.categories)
        out.emplace_back("category " + std::to_string(category), "at most " + won_text(cap));
    for (const ledger::PublicKey& officer : terms.officers)
        out.emplace_back("officer", officer.hex());
    for (const ledger::OrgId& funder : operation.funders) out.emplace_back("funder", funder.hex());
    return out;
}

Fields fields(const market::FundProgramme& operation) {
    return {{"programme", operation.programme.hex()}, {"amount", won_text(operation.amount)}};
}

Fields fields(const market::OpenProgramme& operation) {
    return {{"programme", operation.programme.hex()}};
}

Fields fields(const market::IssueVoucher& operation) {
    return {{"programme", operation.programme.hex()},
            {"holder", operation.holder.hex()},
            {"amount", won_text(operation.amount)},
            {"expires", client::iso_time(operation.expiry_ms)},
            {"purpose tag", to_hex(operation.purpose_tag)},
            {"nonce", to_hex(operation.nonce)}};
}

// Only what `listing publish` makes can be shown whole.
Fields fields(const market::PublishListing& operation) {
    const bool plain = std::holds_alternative<market::FixedPrice>(operation.pricing) ||
                       std::holds_alternative<market::FreePrice>(operation.pricing);
    if (!plain || operation.audience != market::Audience{}) return {};
    const auto* price = std::get_if<market::FixedPrice>(&operation.pricing);
    return {
        {"kind", operation.kind == static_cast<u8>(market::ListingKind::dataset) ? "dataset"
                 : operation.kind == static_cast<u8>(market::ListingKind::algorithm)
                     ? "algorithm"
                     : std::to_string(operation.kind)},
        {"dataset", operation.dataset ? operation.dataset->hex() : "none"},
        {"price", price ? won_text(price->supply) + ", tax rule " + std::to_string(price->tax_rule)
                        : "free"},
        {"licence", licence_text(operation.licence)},
        {"mode", std::to_string(operation.mode)},
        {"category", std::to_string(operation.category)},
        {"least window to lock", client::duration_text(operation.lock_min_ms)},
        {"least window to dispute", client::duration_text(operation.dispute_min_ms)},
        {"public sample", operation.sample != 0 ? "yes" : "no"},
        {"description", document_text(operation.description)},
        {"nonce", to_hex(operation.nonce)}};
}

Fields fields(const market::RejectOrder& operation) {
    return {{"order", operation.order.hex()}, {"reason", std::to_string(operation.reason)}};
}

Fields fields(const market::DeclineOrder& operation) {
    return {{"order", operation.order.hex()}, {"reason", std::to_string(operation.reason)}};
}

Fields fields(const market::AttestDataset& operation) {
    static constexpr const char* kinds[] = {"inspection", "calibration", "quality", "rerun"};
    Fields out{
        {"dataset", operation.dataset.hex()},
        {"kind", operation.kind >= 1 && operation.kind <= std::size(kinds)
                     ? kinds[operation.kind - 1]
                     : std::to_string(operation.kind)},
        {"result", to_hex(operation.result)},
        {"valid until",
         operation.valid_until_ms ? client::iso_time(*operation.valid_until_ms) : "not limited"}};
    if (operation.document) out.emplace_back("report", document_text(*operation.document));
    for (const market::DataRight& right : operation.rights)
        out.emplace_back("right to a parent",
                         std::holds_alternative<market::Own>(right)
                             ? "own"
                             : "order " + std::get<market::OrderId>(right).hex());
    return out;
}

Fields fields(const market::OpenEpoch& operation) {
    static constexpr const char* reasons[] = {"restore", "promotion", "engine change"};
    return {{"on top of header", operation.head.hex()},
            {"its height", std::to_string(operation.height)},
            {"reason", operation.reason >= 1 && operation.reason <= std::size(reasons)
                           ? reasons[operation.reason - 1]
                           : std::to_string(operation.reason)}};
}

template <class Other>
Fields fields(const Other&) {
    return {};
}

}  // namespace

Fields fields_of(const market::Operation& operation) {
    return std::visit([](const auto& one) { return fields(one); }, operation);
}

}  // namespace jangbu::app
