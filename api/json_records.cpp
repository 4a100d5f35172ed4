#include "api/json_records.h"

#include "api/json_values.h"

namespace jangbu::api {

using namespace json_values;

namespace {

struct PricingJson {
    Json operator()(const market::FixedPrice& price) const {
        return {{"kind", "fixed"}, {"supply", json(price.supply)}, {"tax_rule", price.tax_rule}};
    }
    Json operator()(const market::FreePrice&) const { return {{"kind", "free"}}; }
    Json operator()(const market::QuoteOnlyPrice& price) const {
        return {{"kind", "quote_only"}, {"tax_rule", price.tax_rule}};
    }
    Json operator()(const market::PerPeriodPrice& price) const {
        return {{"kind", "per_period"},
                {"supply", json(price.supply)},
                {"tax_rule", price.tax_rule},
                {"period_ms", json(price.period_ms)},
                {"periods_max", price.periods_max}};
    }
};
struct AudienceJson {
    Json operator()(const market::PublicAudience&) const { return {{"kind", "public"}}; }
    Json operator()(const market::GroupAudience& group) const {
        return {{"kind", "group"}, {"group", json(group.group)}};
    }
    Json operator()(const market::InvitedAudience& invited) const {
        return {{"kind", "invited"}, {"members", list(invited.members)}};
    }
};

}  // namespace

Json to_json(const ledger::DocumentRef& r) {
    return {{"hash", json(r.hash)}, {"length", r.length}, {"class", r.access}};
}

Json to_json(const ledger::Organisation& r) {
    return {{"id", json(r.id)},           {"roles", r.roles},       {"state", small(r.state)},
            {"profile", json(r.profile)}, {"endpoint", r.endpoint}, {"tls_pin", json(r.tls_pin)}};
}

Json to_json(const ledger::Key& r) {
    return {{"kind", r.kind},
            {"purpose", r.purpose},
            {"bytes", json(r.bytes)},
            {"org", json(r.org)},
            {"valid_from_height", json(r.valid_from_height)},
            {"valid_until_ms", json(r.valid_until_ms)},
            {"revoked_at_height", json(r.revoked_at_height)}};
}

Json to_json(const ledger::Header& h) {
    return {{"chain_id", json(h.chain_id)},
            {"protocol_version", h.protocol_version},
            {"epoch", h.epoch},
            {"height", json(h.height)},
            {"time_ms", json(h.time_ms)},
            {"market_time_ms", json(h.market_time_ms)},
            {"parent", json(h.parent)},
            {"tx_count", h.tx_count},
            {"receipt_count", h.receipt_count},
            {"tx_root", json(h.tx_root)},
            {"receipt_root", json(h.receipt_root)},
            {"state_root", json(h.state_root)},
            {"history_root", json(h.history_root)},
            {"validators_hash", json(h.validators_hash)},
            {"next_validators_hash", json(h.next_validators_hash)}};
}

Json to_json(const market::Account& r) {
    return {{"org", json(r.org)},
            {"available", json(r.available)},
            {"reserved", json(r.reserved)},
            {"bond", json(r.bond)},
            {"withdrawing", json(r.withdrawing)},
            {"debt", json(r.debt)},
            {"unlocked_orders", r.unlocked_orders},
            {"strikes", r.strikes}};
}

Json to_json(const market::Dataset& r) {
    return {{"id", json(r.id)},
            {"registrant", json(r.registrant)},
            {"data_root", json(r.data_root)},
            {"seed_nonce", to_base64url(r.seed_nonce)},
            {"byte_len", json(r.byte_len)},
            {"chunk_size", r.chunk_size},
            {"origin", small(r.origin)},
            {"schema_hash", json(r.schema_hash)},
            {"description", json(r.description)},
            {"profile", json(r.profile)},
            {"process", json(r.process)},
            {"previous", json(r.previous)},
            {"registered_height", json(r.registered_height)},
            {"registered_ms", json(r.registered_ms)},
            {"state", small(r.state)},
            {"ceiling_bits", r.ceiling_bits},
            {"ceiling_expires_ms", json(r.ceiling_expires_ms)}};
}

Json to_json(const market::Licence& r) {
    return {{"bits", r.bits},
            {"expires_ms", json(r.expires_ms)},
            {"attribution", r.attribution},
            {"odrl", json(r.odrl)}};
}

Json to_json(const market::Listing& r) {
    return {{"id", json(r.id)},
            {"listing_version", r.listing_version},
            {"seller", json(r.seller)},
            {"kind", small(r.kind)},
            {"dataset", json(r.dataset)},
            {"pricing", std::visit(PricingJson{}, r.pricing)},
            {"licence", to_json(r.licence)},
            {"mode", r.mode},
            {"audience", std::visit(AudienceJson{}, r.audience)},
            {"category", r.category},
            {"lock_min_ms", json(r.lock_min_ms)},
            {"dispute_min_ms", json(r.dispute_min_ms)},
            {"sample", r.sample},
            {"description", json(r.description)},
            {"state", small(r.state)},
            {"published_height", json(r.published_height)}};
}

Json to_json(const market::OrderPublic& r) {
    return {{"id", json(r.id)},
            {"listing", json(r.listing)},
            {"listing_version", r.listing_version},
            {"dataset", json(r.dataset)},
            {"data_root", json(r.data_root)},
            {"n", json(r.n)},
            {"chunk_size", r.chunk_size},
            {"seller", json(r.seller)},
            {"buyer", json(r.buyer)},
            {"state", small(r.state)},
            {"state_name", market::name(r.state)},
            {"mode", r.mode},
            {"licence", json(r.licence)},
            {"terms", json(r.terms)},
            {"prekey_id", json(r.prekey_id)},
            {"E_b", json(r.e_b)},
            {"T", list(r.t)},
            {"Y", json(r.y)},
            {"ct_root", json(r.ct_root)},
            {"store_org", json(r.store_org)},
            {"m", json(r.m)},
            {"deadline_ms", json(r.deadline_ms)},
            {"extended_ms", json(r.extended_ms)},
            {"lock_ms", json(r.lock_ms)},
            {"key_ms", json(r.key_ms)},
            {"dispute_ms", json(r.dispute_ms)},
            {"held_until", json(r.held_until)},
            {"opened_height", json(r.opened_height)},
            {"locked_height", json(r.locked_height)},
            {"keyed_height", json(r.keyed_height)},
            {"closed_height", json(r.closed_height)}};
}

Json to_json(const market::OrderMoney& r) {
    Json upstream;
    if (r.upstream) {
        upstream = Json::array();
        for (const auto& [org, ppm] : r.upstream->shares)
            upstream.push_back({{"org", json(org)}, {"ppm", ppm}});
    }
    return {{"id", json(r.id)},
            {"supply", json(r.supply)},
            {"tax", json(r.tax)},
            {"own", json(r.own)},
            {"voucher", json(r.voucher)},
            {"voucher_id", json(r.voucher_id)},
            {"programme", json(r.programme)},
            {"fee_bps", r.fee_bps},
            {"bond", json(r.bond)},
            {"penalty_bps", r.penalty_bps},
            {"upstream", upstream},
            {"tax_rule", r.tax_rule}};
}

Json to_json(const market::Programme& r) {
    const market::ProgrammeTerms& t = r.terms;
    Json funders = Json::array();
    for (const auto& [org, paid_in] : r.funders)
        funders.push_back({{"org", json(org)}, {"paid_in", json(paid_in)}});
    Json categories = Json::array();
    for (const auto& [category, cap] : t.categories)
        categories.push_back({{"category", category}, {"cap", json(cap)}});
    return {{"id", json(r.id)},
            {"family", json(t.family)},
            {"owner", json(r.owner)},
            {"fiscal_year", t.fiscal_year},
            {"kind", t.kind},
            {"state", small(r.state)},
            {"officers", list(t.officers)},
            {"threshold", t.threshold},
            {"funders", std::move(funders)},
            {"budget_max", json(t.budget_max)},
            {"share_bps", t.share_bps},
            {"cap_order", json(t.cap_order)},
            {"cap_company", json(t.cap_company)},
            {"cap_group", json(t.cap_group)},
            {"cap_pair", json(t.cap_pair)},
            {"categories", std::move(categories)},
            {"valid_from_ms", json(t.valid_from_ms)},
            {"valid_to_ms", json(t.valid_to_ms)},
            {"redeem_by_ms", json(t.redeem_by_ms)},
            {"review_rules", t.review_rules},
            {"rules", to_json(t.rules)},
            {"budget", json(r.budget)},
            {"unissued", json(r.unissued)},
            {"open", json(r.open)},
            {"held", json(r.held)},
            {"spent", json(r.spent)},
            {"returned", json(r.returned)},
            {"income", json(r.income)},
            {"repaid", json(r.repaid)},
            {"cash", json(r.cash)}};
}

Json to_json(const market::Voucher& r) {
    return {{"id", json(r.id)},
            {"programme", json(r.programme)},
            {"holder", json(r.holder)},
            {"amount", json(r.amount)},
            {"open", json(r.open)},
            {"held", json(r.held)},
            {"spent", json(r.spent)},
            {"lapsed", json(r.lapsed)},
            {"expiry_ms", json(r.expiry_ms)},
            {"purpose_tag", json(r.purpose_tag)},
            {"state", small(r.state)}};
}

Json to_json(const market::Use& r) {
    return {{"order", json(r.order)}, {"voucher", json(r.voucher)},
            {"v", json(r.v)},         {"state", small(r.state)},
            {"flags", r.flags},       {"decision", json(r.decision)}};
}

Json to_json(const market::Attestation& r) {
    return {{"subject", json(r.subject)},
            {"family", json(r.family)},
            {"class", small(r.class_)},
            {"group_tag", json(r.group_tag)},
            {"tag_key", r.tag_key},
            {"issuer", json(r.issuer)},
            {"valid_from_ms", json(r.valid_from_ms)},
            {"valid_to_ms", json(r.valid_to_ms)},
            {"document", json(r.document)},
            {"revoked_at", json(r.revoked_at)}};
}

}  // namespace jangbu::api
