// What the market answers to readers: listings, datasets, orders, accounts, programmes, vouchers.
#include "api/answers.h"
#include "api/description.h"
#include "api/metadata.h"
#include "api/service.h"
#include "market/state_keys.h"

namespace jangbu::api {
namespace {

Json order_json(const market::OrderPublic& order, const market::OrderMoney& money,
                const ledger::Snapshot& at) {
    Json out = record_json("jangbu/order/1", order, at);
    out["money"] = to_json(money);
    out["money_record"] = to_base64url(bcs::encode(money));
    return out;
}

}  // namespace

Response Service::get_account(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto org = TRY_HTTP(read_id<ledger::OrgId>(request.segments[2], "organisation"));
    const ledger::OrgId asking = TRY_HTTP(party(request, *at));
    if (asking != org)
        return problem(403, "not_allowed", "an account is read by its own organisation");
    return json_response(record_json("jangbu/account/1", market::account_of(at->state, org), *at));
}

Response Service::get_dataset(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto id = TRY_HTTP(read_id<market::DatasetId>(request.segments[2], "dataset"));
    const auto record = market::find_dataset(at->state, id);
    if (!record) return problem(404, "not_found", "no such dataset");
    if (const MetadataFormat format = TRY_HTTP(metadata_format(request));
        format != MetadataFormat::record)
        return metadata_response(
            TRY_HTTP(metadata_source(node_.chain(), index_, *at, *record, request)), format);
    Json out = record_json("jangbu/dataset/1", *record, *at);
    out["n"] = std::to_string(crypto::fx1::chunk_count(record->byte_len, record->chunk_size));
    // A root that another member registered too is flagged, never hidden.
    out["data_root_registered_by_others"] = Json::array();
    const auto same = TRY_HTTP(index_.datasets_with_root(record->data_root));
    for (const market::DatasetId& other : same)
        if (other != id) out["data_root_registered_by_others"].push_back(other.hex());
    Response response = json_response(out);
    response.headers.emplace_back("Vary", "Accept");
    return response;
}

Response Service::get_datasets(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto registrant =
        TRY_HTTP(read_id<ledger::OrgId>(request.parameter("registrant"), "registrant"));
    const PageRequest wanted = TRY_HTTP(page_request(request, {}));
    const auto page = TRY_HTTP(index_.datasets(registrant, wanted.limit, wanted.after));
    Json items = Json::array();
    for (const market::DatasetId& id : page.items)
        if (const auto record = market::find_dataset(at->state, id))
            items.push_back(record_json("jangbu/dataset/1", *record, *at));
    return json_response({{"schema", "jangbu/datasets/1"},
                          {"items", std::move(items)},
                          {"next", next_of(page.next, wanted)}});
}

Response Service::get_listing(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto id = TRY_HTTP(read_id<market::ListingId>(request.segments[2], "listing"));
    const auto record = market::find_listing(at->state, id);
    if (!record) return problem(404, "not_found", "no such listing");
    Json out = record_json("jangbu/listing/1", *record, *at);
    out["description_text"] = Json();
    const auto readers = TRY_HTTP(index_.document_access(record->description.hash));
    if (readers.is_public)
        if (const auto document = node_.chain().documents().find(record->description.hash))
            if (auto text = read_description(*document)) out["description_text"] = std::move(*text);
    out["dataset_record"] = Json();
    if (record->dataset)
        if (const auto dataset = market::find_dataset(at->state, *record->dataset))
            out["dataset_record"] = to_base64url(bcs::encode(*dataset));
    return json_response(out);
}

Response Service::get_order(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto id = TRY_HTTP(read_id<market::OrderId>(request.segments[2], "order"));
    const ledger::OrgId asking = TRY_HTTP(party(request, *at));
    const auto order = market::find_order(at->state, id);
    const auto money = market::find_order_money(at->state, id);
    if (!order || !money) return problem(404, "not_found", "no such order");
    if (asking != order->buyer && asking != order->seller)
        return problem(403, "not_allowed", "an order is read by its buyer and its seller");
    return json_response(order_json(*order, *money, *at));
}

Response Service::get_orders(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const ledger::OrgId asking = TRY_HTTP(party(request, *at));
    const PageRequest wanted = TRY_HTTP(page_request(request, asking.hex()));
    const std::string role = request.parameter("role");
    if (role != "buyer" && role != "seller")
        return problem(400, "malformed", "role is buyer or seller");
    const auto page = TRY_HTTP(index_.orders(asking, role == "buyer", wanted.limit, wanted.after));
    Json items = Json::array();
    for (const market::OrderId& id : page.items) {
        const auto order = market::find_order(at->state, id);
        const auto money = market::find_order_money(at->state, id);
        if (order && money) items.push_back(order_json(*order, *money, *at));
    }
    return json_response({{"schema", "jangbu/orders/1"},
                          {"items", std::move(items)},
                          {"next", next_of(page.next, wanted)}});
}

Response Service::get_programme(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto id = TRY_HTTP(read_id<market::ProgrammeId>(request.segments[2], "programme"));
    const auto record = market::find_programme(at->state, id);
    if (!record) return problem(404, "not_found", "no such programme");
    return json_response(record_json("jangbu/programme/1", *record, *at));
}

Response Service::get_voucher(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto id = TRY_HTTP(read_id<market::VoucherId>(request.segments[2], "voucher"));
    const ledger::OrgId asking = TRY_HTTP(party(request, *at));
    const auto record = market::find_voucher(at->state, id);
    if (!record) return problem(404, "not_found", "no such voucher");
    const auto programme = market::find_programme(at->state, record->programme);
    if (asking != record->holder && (!programme || asking != programme->owner))
        return problem(403, "not_allowed",
                       "a voucher is read by its holder and the programme's owner");
    return json_response(record_json("jangbu/voucher/1", *record, *at));
}

Response Service::get_vouchers(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const ledger::OrgId asking = TRY_HTTP(party(request, *at));
    const auto held = TRY_HTTP(index_.vouchers(asking));
    Json items = Json::array();
    for (const market::VoucherId& id : held)
        if (const auto record = market::find_voucher(at->state, id))
            items.push_back(record_json("jangbu/voucher/1", *record, *at));
    return json_response(
        {{"schema", "jangbu/vouchers/1"}, {"items", std::move(items)}, {"next", Json()}});
}

Response Service::get_attestation(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto org = TRY_HTTP(read_id<ledger::OrgId>(request.segments[2], "organisation"));
    const auto family = TRY_HTTP(read_id<market::FamilyId>(request.segments[3], "family"));
    const auto record = market::find_attestation(at->state, org, family);
    if (!record) return problem(404, "not_found", "no such attestation");
    return json_response(record_json("jangbu/attestation/1", *record, *at));
}

}  // namespace jangbu::api
