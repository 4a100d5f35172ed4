#include "app/command/record_json.h"

#include "client/plain_text.h"

namespace jangbu::app {
namespace {

using client::won_text;

std::string number(u64 value) {
    return std::to_string(value);
}
template <class Id>
Json optional_id(const std::optional<Id>& id) {
    return id ? Json(id->hex()) : Json();
}
Json optional_hash(const std::optional<ByteArray<32>>& hash) {
    return hash ? Json(to_hex(*hash)) : Json();
}

struct Named {
    u16 bit;
    const char* name;
};
std::string names_of(u16 bits, std::span<const Named> names) {
    std::string text;
    for (const Named& one : names)
        if ((bits & one.bit) != 0) text += (text.empty() ? "" : ", ") + std::string(one.name);
    return text.empty() ? "none" : text;
}

const char* programme_state(market::ProgrammeState state) {
    switch (state) {
        case market::ProgrammeState::draft:
            return "DRAFT";
        case market::ProgrammeState::open:
            return "OPEN";
        case market::ProgrammeState::closed:
            return "CLOSED";
    }
    return "unknown";
}
const char* voucher_state(market::VoucherState state) {
    switch (state) {
        case market::VoucherState::active:
            return "ACTIVE";
        case market::VoucherState::suspended:
            return "SUSPENDED";
        case market::VoucherState::revoked:
            return "REVOKED";
    }
    return "unknown";
}

}  // namespace

std::string roles_text(u16 roles) {
    static constexpr Named names[] = {{ledger::role_validator, "validator"},
                                      {ledger::role_settlement_agent, "settlement agent"},
                                      {ledger::role_programme_owner, "programme owner"},
                                      {ledger::role_attestor, "attestor"},
                                      {ledger::role_tag_authority, "tag authority"},
                                      {ledger::role_auditor, "auditor"},
                                      {ledger::role_store, "store"}};
    return names_of(roles, names);
}

std::string licence_text(const market::Licence& licence) {
    static constexpr Named names[] = {{market::licence_use, "use"},
                                      {market::licence_derive, "derive"},
                                      {market::licence_distribute, "distribute"},
                                      {market::licence_resell, "resell"},
                                      {market::licence_commercial, "commercial"},
                                      {market::licence_train, "train"}};
    std::string text = names_of(licence.bits, names);
    if (licence.expires_ms) text += "; until " + client::iso_time(*licence.expires_ms);
    if (licence.attribution != 0) text += "; name the source";
    return text;
}

std::string purpose_text(u8 purpose) {
    static constexpr const char* names[] = {"transact", "deliver", "encrypt",
                                            "operate",  "certify", "witness"};
    return purpose >= 1 && purpose <= std::size(names) ? names[purpose - 1] : "unknown";
}

std::string origin_text(market::Origin origin) {
    switch (origin) {
        case market::Origin::collected:
            return "collected";
        case market::Origin::simulated:
            return "SIMULATED";
        case market::Origin::derived:
            return "derived";
    }
    return "unknown";
}

std::string simulated_note(market::Origin origin) {
    return origin == market::Origin::simulated
               ? "SIMULATED data: made by a program, not measured.\n"
               : "";
}

std::string price_text(const market::Listing& listing) {
    if (const auto* fixed = std::get_if<market::FixedPrice>(&listing.pricing))
        return won_text(fixed->supply) + (fixed->tax_rule == 1 ? " plus tax" : ", no tax");
    if (std::holds_alternative<market::FreePrice>(listing.pricing)) return "free";
    if (std::holds_alternative<market::QuoteOnlyPrice>(listing.pricing)) return "by quote";
    return "by period";
}

Json to_json(const ledger::Organisation& record) {
    return {{"id", record.id.hex()},
            {"roles", roles_text(record.roles)},
            {"state", record.state == ledger::OrganisationState::active ? "active" : "suspended"},
            {"endpoint", record.endpoint}};
}

Json to_json(const client::KeyLine& line) {
    return {{"key_id", line.id.hex()},
            {"purpose", purpose_text(line.key.purpose)},
            {"bytes", to_hex(line.key.bytes)},
            {"number", line.number ? Json(*line.number) : Json()},
            {"live", line.live},
            {"valid_from_height", number(line.key.valid_from_height)},
            {"valid_until_ms",
             line.key.valid_until_ms ? Json(number(*line.key.valid_until_ms)) : Json()},
            {"revoked_at_height",
             line.key.revoked_at_height ? Json(number(*line.key.revoked_at_height)) : Json()}};
}

Json to_json(const market::Account& record) {
    return {{"org", record.org.hex()},
            {"available", number(record.available)},
            {"reserved", number(record.reserved)},
            {"bond", number(record.bond)},
            {"withdrawing", number(record.withdrawing)},
            {"debt", number(record.debt)},
            {"unlocked_orders", record.unlocked_orders},
            {"strikes", record.strikes}};
}

Json to_json(const market::Dataset& record) {
    return {{"id", record.id.hex()},
            {"registrant", record.registrant.hex()},
            {"data_root", to_hex(record.data_root)},
            {"seed_nonce", to_base64url(record.seed_nonce)},
            {"byte_len", number(record.byte_len)},
            {"chunk_size", record.chunk_size},
            {"n", number(client::shape_of(record).n())},
            {"origin", static_cast<int>(record.origin)},
            {"simulated", record.origin == market::Origin::simulated},
            {"schema_hash", to_hex(record.schema_hash)},
            {"previous", optional_id(record.previous)},
            {"registered_height", number(record.registered_height)},
            {"registered_ms", number(record.registered_ms)},
            {"state", record.state == market::DatasetState::live ? "live" : "suspended"},
            {"record", to_base64url(bcs::encode(record))}};
}

Json to_json(const market::Listing& record) {
    Json json{{"id", record.id.hex()},
              {"listing_version", record.listing_version},
              {"seller", record.seller.hex()},
              {"dataset", optional_id(record.dataset)},
              {"category", record.category},
              {"licence_bits", record.licence.bits},
              {"sample", record.sample != 0},
              {"state", record.state == market::ListingState::open ? "open" : "withdrawn"},
              {"published_height", number(record.published_height)}};
    if (const auto* fixed = std::get_if<market::FixedPrice>(&record.pricing)) {
        json["supply"] = number(fixed->supply);
        json["tax_rule"] = fixed->tax_rule;
    } else {
        json["pricing"] = price_text(record);
    }
    json["record"] = to_base64url(bcs::encode(record));
    return json;
}

Json to_json(const market::OrderPublic& order, const market::OrderMoney& money) {
    return {{"id", order.id.hex()},
            {"state", static_cast<int>(order.state)},
            {"state_name", market::name(order.state)},
            {"listing", order.listing.hex()},
            {"dataset", order.dataset.hex()},
            {"data_root", to_hex(order.data_root)},
            {"seller", order.seller.hex()},
            {"buyer", order.buyer.hex()},
            {"supply", number(money.supply)},
            {"tax", number(money.tax)},
            {"own", number(money.own)},
            {"voucher", number(money.voucher)},
            {"voucher_id", optional_id(money.voucher_id)},
            {"bond", number(money.bond)},
            {"fee_bps", money.fee_bps},
            {"y", optional_hash(order.y)},
            {"ct_root", optional_hash(order.ct_root)},
            {"m", optional_hash(order.m)},
            {"deadline_ms", number(order.deadline_ms)},
            {"opened_height", number(order.opened_height)},
            {"locked_height", number(order.locked_height)},
            {"keyed_height", number(order.keyed_height)},
            {"closed_height", number(order.closed_height)},
            {"record", to_base64url(bcs::encode(order))},
            {"money_record", to_base64url(bcs::encode(money))}};
}

Json to_json(const market::Programme& record) {
    Json funders = Json::array();
    for (const auto& [org, paid_in] : record.funders)
        funders.push_back({{"org", org.hex()}, {"paid_in", number(paid_in)}});
    return {{"id", record.id.hex()},
            {"owner", record.owner.hex()},
            {"family", record.terms.family.hex()},
            {"state", programme_state(record.state)},
            {"fiscal_year", record.terms.fiscal_year},
            {"budget_max", number(record.terms.budget_max)},
            {"funders", funders},
            {"budget", number(record.budget)},
            {"unissued", number(record.unissued)},
            {"open", number(record.open)},
            {"held", number(record.held)},
            {"spent", number(record.spent)},
            {"returned", number(record.returned)},
            {"income", number(record.income)},
            {"repaid", number(record.repaid)},
            {"cash", number(record.cash)},
            {"record", to_base64url(bcs::encode(record))}};
}

Json to_json(const market::Voucher& record) {
    return {{"id", record.id.hex()},
            {"programme", record.programme.hex()},
            {"holder", record.holder.hex()},
            {"state", voucher_state(record.state)},
            {"amount", number(record.amount)},
            {"open", number(record.open)},
            {"held", number(record.held)},
            {"spent", number(record.spent)},
            {"lapsed", number(record.lapsed)},
            {"expiry_ms", number(record.expiry_ms)},
            {"record", to_base64url(bcs::encode(record))}};
}

Json to_json(const client::Posted& posted) {
    const bool known = !posted.id.is_zero();  // not where another home had done it
    return {{"txid", known ? Json(posted.id.hex()) : Json()},
            {"height", known ? Json(number(posted.height)) : Json()},
            {"repeated", posted.repeated}};
}

std::string text_of(const market::Account& record) {
    return "Available " + won_text(record.available) + ", reserved for orders " +
           won_text(record.reserved) + ", in bonds " + won_text(record.bond) + ".\n" +
           (record.debt > 0 ? "Debt " + won_text(record.debt) + ".\n" : "") +
           (record.strikes > 0 ? "Strikes: " + number(record.strikes) + ".\n" : "");
}

std::string text_of(const market::Dataset& record) {
    return simulated_note(record.origin) + "Dataset " + record.id.hex() + "\nregistered by " +
           record.registrant.hex() + " at height " + number(record.registered_height) + ", " +
           client::iso_time(record.registered_ms) + ".\n" + number(record.byte_len) +
           " bytes in chunks of " + number(record.chunk_size) + ", root " +
           to_hex(record.data_root) + ".\n" +
           (record.state == market::DatasetState::live ? "" : "It is SUSPENDED.\n");
}

std::string text_of(const market::Listing& record) {
    return "Listing " + record.id.hex() + " (version " + number(record.listing_version) +
           ")\nPrice " + price_text(record) + ". Licence: " + licence_text(record.licence) +
           ".\nSeller " + record.seller.hex() + ".\n" +
           (record.dataset ? "Dataset " + record.dataset->hex() + ".\n" : "");
}

std::string text_of(const market::OrderPublic& order, const market::OrderMoney& money) {
    return "Order " + order.id.hex() + " is " + market::name(order.state) + ".\nDataset " +
           order.dataset.hex() + "\nseller " + order.seller.hex() + "\nbuyer  " +
           order.buyer.hex() + "\nSupply value " + won_text(money.supply) + ", tax " +
           won_text(money.tax) + ": voucher " + won_text(money.voucher) + ", own money " +
           won_text(money.own) + ". The seller's bond is " + won_text(money.bond) + ".\n";
}

std::string text_of(const market::Programme& record) {
    std::string text =
        "Programme " + record.id.hex() + " is " + programme_state(record.state) + ".\nBudget " +
        won_text(record.budget) + " of at most " + won_text(record.terms.budget_max) +
        ": unissued " + won_text(record.unissued) + ", open vouchers " + won_text(record.open) +
        ", held by orders " + won_text(record.held) + ", spent " + won_text(record.spent) +
        ", returned " + won_text(record.returned) + ".\nCash " + won_text(record.cash) +
        ", income from penalties " + won_text(record.income) + ".\n";
    for (const auto& [org, paid_in] : record.funders)
        text += "Funder " + org.hex() + " paid in " + won_text(paid_in) + ".\n";
    return text;
}

std::string text_of(const market::Voucher& record) {
    return "Voucher " + record.id.hex() + " is " + voucher_state(record.state) + ": " +
           won_text(record.amount) + ", open " + won_text(record.open) + ", held " +
           won_text(record.held) + ", spent " + won_text(record.spent) + ", until " +
           client::iso_time(record.expiry_ms) + ".\n";
}

}  // namespace jangbu::app
