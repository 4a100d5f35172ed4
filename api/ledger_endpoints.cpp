// What the ledger answers to readers: heads, headers, blocks, proofs, members, parameters,
// documents.
#include <algorithm>

#include "api/answers.h"
#include "api/service.h"
#include "ledger/jbproof.h"
#include "market/market_rules.h"
#include "market/parameters.h"
#include "market/state_keys.h"

namespace jangbu::api {
namespace {

using ledger::Table;

Json head_json(const ledger::Header& header, const ledger::SoloFinality& finality) {
    Json out{{"schema", "jangbu/head/1"}};
    out["height"] = std::to_string(header.height);
    out["time_ms"] = std::to_string(header.time_ms);
    out["market_time_ms"] = std::to_string(header.market_time_ms);
    out["header"] = to_base64url(bcs::encode(header));
    out["header_hash"] = ledger::header_hash(header).hex();
    out["finality"] = {{"key", finality.key.hex()},
                       {"signature", to_base64url(finality.signature)}};
    return out;
}

Response file_response(std::string file) {
    Response response;
    response.body = std::move(file);
    return response;
}

bool is_party_table(u8 table) {
    switch (static_cast<Table>(table)) {
        case Table::account:
        case Table::order_money:
        case Table::voucher:
        case Table::use:
            return true;
        default:
            return false;
    }
}

// May this organisation read the record behind a party-tier state key?
bool is_party(const ledger::StateTree& state, const ledger::StateKey& key,
              const ledger::OrgId& org) {
    const Bytes* value = state.find(key);
    if (!value) return true;  // an absence says nothing about anybody
    switch (static_cast<Table>(key[0])) {
        case Table::account:
            return ByteView(key).subspan(1).size() == 32 &&
                   std::ranges::equal(ByteView(key).subspan(1), org.view());
        case Table::voucher:
            return bcs::decode<market::Voucher>(*value)->holder == org;
        case Table::order_money:
        case Table::use: {
            market::OrderId id;
            std::copy(key.begin() + 1, key.end(), id.bytes.begin());
            const auto order = market::find_order(state, id);
            return order && (order->buyer == org || order->seller == org);
        }
        default:
            return false;
    }
}

}  // namespace

Response Service::get_status(const Request&) {
    const ledger::SnapshotPtr at = node_.head();
    return json_response({{"schema", "jangbu/status/1"},
                          {"chain_id", node_.chain().id().hex()},
                          {"name", node_.chain().genesis().name},
                          {"height", std::to_string(at->header.height)},
                          {"header_hash", at->hash.hex()},
                          {"time_ms", std::to_string(at->header.time_ms)},
                          {"market_time_ms", std::to_string(at->header.market_time_ms)},
                          {"protocol_version", at->header.protocol_version},
                          {"software", "jangbud 0.1"},
                          {"validator", node_.validator().hex()},
                          {"operator_org", node_.operator_org().hex()},
                          {"pending", node_.pending()}});
}

Response Service::get_genesis(const Request&) {
    return bytes_response(genesis_file_);
}

Response Service::get_head(const Request&) {
    const ledger::SnapshotPtr at = node_.head();
    return json_response(head_json(at->header, at->finality));
}

Response Service::get_header(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const u64 height = TRY_HTTP(read_number(request.segments[2], "height", 0, ~u64{0}));
    if (height > at->header.height)
        return problem(404, "not_found", "the ledger has no such height yet");
    if (height == 0)
        return json_response(head_json(ledger::header_zero(node_.chain().genesis()), {}));
    const ledger::BlockRecord block = TRY_HTTP(node_.chain().blocks().block(height));
    return json_response(head_json(block.header, block.finality));
}

Response Service::get_block(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const ledger::OrgId org = TRY_HTTP(party(request, *at));
    const auto organisation = ledger::find_organisation(at->state, org);
    if (!organisation || (organisation->roles & ledger::role_validator) == 0)
        return problem(403, "not_allowed", "blocks are read by validators");
    const u64 height = TRY_HTTP(read_number(request.segments[2], "height", 1, at->header.height));
    const ledger::BlockRecord block = TRY_HTTP(node_.chain().blocks().block(height));
    Json out = head_json(block.header, block.finality);
    out["schema"] = "jangbu/block/1";
    out["input"] = to_base64url(block.input);
    out["receipts"] = Json::array();
    for (const Bytes& receipt : block.receipts) out["receipts"].push_back(to_base64url(receipt));
    return json_response(out);
}

Response Service::get_consistency_proof(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const u64 from = TRY_HTTP(read_number(request.parameter("from"), "from", 0, at->header.height));
    if (from == at->header.height) return problem(409, "conflict", "that is the head itself");
    if (from == 0)
        return file_response(ledger::jbproof::prove_consistency(
            node_.chain().genesis(), *at, ledger::header_zero(node_.chain().genesis())));
    const ledger::BlockRecord block = TRY_HTTP(node_.chain().blocks().block(from));
    return file_response(
        ledger::jbproof::prove_consistency(node_.chain().genesis(), *at, block.header));
}

Response Service::get_history_proof(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    if (at->header.height == 0) return problem(409, "conflict", "the ledger has no block yet");
    const u64 height =
        TRY_HTTP(read_number(request.parameter("height"), "height", 0, at->header.height - 1));
    if (height == 0)
        return file_response(ledger::jbproof::prove_history(
            node_.chain().genesis(), *at, ledger::header_zero(node_.chain().genesis())));
    const ledger::BlockRecord block = TRY_HTTP(node_.chain().blocks().block(height));
    return file_response(
        ledger::jbproof::prove_history(node_.chain().genesis(), *at, block.header));
}

Response Service::get_state_proof(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    if (at->header.height == 0)
        return problem(409, "conflict", "the ledger has no signed head yet");
    const auto key = from_hex(request.parameter("key"));
    if (!key || key->empty() || key->size() > 256)
        return problem(400, "malformed", "key is a state key in hex");
    if (is_party_table((*key)[0])) {
        const ledger::OrgId org = TRY_HTTP(party(request, *at));
        if (!is_party(at->state, *key, org))
            return problem(403, "not_allowed", "only a party may read this record");
    }
    return file_response(ledger::jbproof::prove_state(node_.chain().genesis(), *at, *key));
}

namespace {

// A proof ends in the header of the transaction's own block.
struct Place {
    u64 height = 0;
    u32 index = 0;
    ledger::BlockRecord block;
    ledger::Snapshot at;
};

Result<Place> place_of(const node::Node& node, const std::string& text) {
    const ledger::TxId id = TRY(read_id<ledger::TxId>(text, "txid"));
    Place place;
    std::tie(place.height, place.index) = TRY(node.chain().blocks().locate(id));
    const ledger::SnapshotPtr head = node.head();
    if (place.height > head->header.height) return fail(ErrorCode::not_found, "not committed yet");
    place.block = TRY(node.chain().blocks().block(place.height));
    place.at.header = place.block.header;
    place.at.hash = ledger::header_hash(place.block.header);
    place.at.finality = place.block.finality;
    place.at.history = head->history;
    return place;
}

}  // namespace

Response Service::get_transaction_proof(const Request& request) {
    const Place place = TRY_HTTP(place_of(node_, request.segments[3]));
    const market::MarketRules rules;
    const ledger::BlockInput input = TRY_HTTP(ledger::decode_block_input(place.block.input, rules));
    std::vector<crypto::Hash> leaves;
    for (const ledger::Transaction& transaction : input.transactions)
        leaves.push_back(crypto::merkle::leaf(ledger::leaf_entry(
            ledger::txid(node_.chain().id(), transaction.body), transaction.signature)));
    const ledger::Transaction& transaction = input.transactions.at(place.index);
    return file_response(ledger::jbproof::prove_transaction(
        node_.chain().genesis(), place.at, ledger::txid(node_.chain().id(), transaction.body),
        transaction.signature, place.index, leaves));
}

Response Service::get_receipt_proof(const Request& request) {
    const Place place = TRY_HTTP(place_of(node_, request.segments[3]));
    std::vector<crypto::Hash> leaves;
    for (const Bytes& receipt : place.block.receipts)
        leaves.push_back(crypto::merkle::leaf(receipt));
    // System receipts come first.
    const u64 index = place.block.header.receipt_count - place.block.header.tx_count + place.index;
    return file_response(ledger::jbproof::prove_receipt(
        node_.chain().genesis(), place.at, place.block.receipts.at(index), index, leaves));
}

Response Service::get_organisation(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto id = TRY_HTTP(read_id<ledger::OrgId>(request.segments[2], "organisation"));
    const auto record = ledger::find_organisation(at->state, id);
    if (!record) return problem(404, "not_found", "no such organisation");
    Json out = record_json("jangbu/organisation/1", *record, *at);
    out["keys"] = Json::array();
    const auto keys = TRY_HTTP(index_.keys(id));
    for (const ledger::KeyId& key_id : keys) {
        const auto key = ledger::find_key(at->state, key_id);
        if (!key) continue;  // the index is ahead of this snapshot
        Json item = record_json("jangbu/key/1", *key, *at);
        item["key_id"] = key_id.hex();
        out["keys"].push_back(std::move(item));
    }
    return json_response(out);
}

Response Service::get_key(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto id = TRY_HTTP(read_id<ledger::KeyId>(request.segments[2], "key id"));
    const auto record = ledger::find_key(at->state, id);
    if (!record) return problem(404, "not_found", "no such key");
    Json out = record_json("jangbu/key/1", *record, *at);
    out["key_id"] = id.hex();
    return json_response(out);
}

Response Service::get_parameters(const Request&) {
    const ledger::SnapshotPtr at = node_.head();
    Json list = Json::array();
    for (const ledger::NumberParameter& p : market::all_parameters()) {
        const u64 value = ledger::number(at->state, p, at->header.height + 1);
        list.push_back({{"name", p.name},
                        {"value", std::to_string(value)},
                        {"min", std::to_string(p.least)},
                        {"max", std::to_string(p.most)}});
    }
    const auto treasury =
        ledger::organisation(at->state, market::parameters::treasury, at->header.height + 1);
    return json_response({{"schema", "jangbu/parameters/1"},
                          {"parameters", std::move(list)},
                          {"treasury", treasury ? Json(treasury->hex()) : Json()}});
}

Response Service::get_document(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto hash = TRY_HTTP(read_id<ledger::DocumentHash>(request.segments[2], "document"));
    const auto document = node_.chain().documents().find(hash);
    if (!document) return problem(404, "not_found", "no such document, or it is no longer kept");
    const auto access = TRY_HTTP(index_.document_access(hash));
    if (!access.is_public) {
        const ledger::OrgId org = TRY_HTTP(party(request, *at));
        if (std::ranges::find(access.parties, org) == access.parties.end())
            return problem(403, "not_allowed", "this document is for its parties");
    }
    return bytes_response(bcs::encode(*document));
}

}  // namespace jangbu::api
