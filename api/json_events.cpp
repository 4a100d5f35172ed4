// Events of receipts as JSON.
#include "api/json_records.h"
#include "api/json_values.h"
#include "market/money.h"

namespace jangbu::api {

using namespace json_values;

namespace {

const char* column_name(u8 column) {
    using market::Column;
    switch (static_cast<Column>(column)) {
        case Column::bank:
            return "bank";
        case Column::available:
            return "available";
        case Column::reserved:
            return "reserved";
        case Column::bond:
            return "bond";
        case Column::escrow:
            return "escrow";
        case Column::programme_cash:
            return "programme_cash";
        case Column::granted:
            return "granted";
        case Column::unissued:
            return "unissued";
        case Column::voucher_open:
            return "voucher_open";
        case Column::voucher_held:
            return "voucher_held";
        case Column::voucher_spent:
            return "voucher_spent";
        case Column::returned:
            return "returned";
        case Column::budget:
            return "budget";
        case Column::income:
            return "income";
        case Column::voucher_lapsed:
            return "voucher_lapsed";
    }
    return "unknown";
}

struct EventJson {
    Json operator()(const market::KeyAdded& e) const {
        return {{"key_id", json(e.key_id)},
                {"org", json(e.org)},
                {"kind", e.kind},
                {"purpose", e.purpose},
                {"valid_from_height", json(e.valid_from_height)}};
    }
    Json operator()(const market::KeyRevoked& e) const {
        return {{"key_id", json(e.key_id)},
                {"org", json(e.org)},
                {"revoked_at_height", json(e.revoked_at_height)}};
    }
    Json operator()(const market::CreditsMinted& e) const {
        return {{"depositor", json(e.depositor)},
                {"amount", json(e.amount)},
                {"bank_ref", json(e.bank_ref)}};
    }
    Json operator()(const market::ProgrammeMoved& e) const {
        return {{"programme", json(e.programme)},
                {"owner", json(e.owner)},
                {"from", e.from ? Json(small(*e.from)) : Json()},
                {"to", small(e.to)}};
    }
    Json operator()(const market::ProgrammeFunded& e) const {
        return {{"programme", json(e.programme)},
                {"funder", json(e.funder)},
                {"amount", json(e.amount)}};
    }
    Json operator()(const market::VoucherIssued& e) const {
        return {{"voucher", json(e.voucher)},
                {"programme", json(e.programme)},
                {"holder", json(e.holder)},
                {"amount", json(e.amount)},
                {"expiry_ms", json(e.expiry_ms)}};
    }
    Json operator()(const market::DatasetRegistered& e) const {
        return {{"dataset", json(e.dataset)},
                {"registrant", json(e.registrant)},
                {"data_root", json(e.data_root)}};
    }
    Json operator()(const market::ListingPublished& e) const {
        return {{"listing", json(e.listing)},
                {"listing_version", e.listing_version},
                {"seller", json(e.seller)},
                {"dataset", json(e.dataset)}};
    }
    Json operator()(const market::OrderMoved& e) const {
        return {{"order", json(e.order)},   {"buyer", json(e.buyer)},
                {"seller", json(e.seller)}, {"from", e.from ? Json(market::name(*e.from)) : Json()},
                {"to", market::name(e.to)}, {"deadline_ms", json(e.deadline_ms)},
                {"reason", e.reason}};
    }
    Json operator()(const market::DatasetSuspended& e) const {
        return {{"dataset", json(e.dataset)}, {"seller", json(e.seller)}, {"strikes", e.strikes}};
    }
    Json operator()(const market::DatasetAttested& e) const {
        return {{"dataset", json(e.dataset)},
                {"attestor", json(e.attestor)},
                {"kind", small(e.kind)},
                {"result", json(e.result)}};
    }
    Json operator()(const market::EpochOpened& e) const {
        return {{"head", json(e.head)}, {"head_height", json(e.head_height)}, {"reason", e.reason}};
    }
    Json operator()(const market::MoneyMoved& e) const {
        Json postings = Json::array();
        for (const market::Posting& posting : e.postings)
            postings.push_back(
                {{"column", column_name(posting.column)},
                 {"owner", json(posting.owner)},
                 {"amount", (posting.gain ? "" : "-") + std::to_string(posting.amount)}});
        return {{"postings", std::move(postings)}};
    }
};

}  // namespace

Json to_json(const market::Event& event) {
    Json out{{"type", market::event_name(event)}};
    out.update(std::visit(EventJson{}, event));
    return out;
}

}  // namespace jangbu::api
