// Proofs of what the ledger holds, each a jbproof/1 file.
#include <algorithm>

#include "api/answers.h"
#include "api/service.h"
#include "ledger/jbproof.h"
#include "market/market_rules.h"
#include "market/state_keys.h"
#include "node/cosignatures.h"

namespace jangbu::api {
namespace {

using ledger::Table;

constexpr u64 cosigned_by_most = 32;

Response file_response(std::string file) {
    Response response;
    response.body = std::move(file);
    return response;
}

// What no row of docs/api.md opens stays closed: the aggregates of programmes tell what members
// spend.
enum class Readers { everybody, party, validator };
Readers readers_of(u8 table) {
    // Where a dataset comes from and what others attest is as public as the dataset.
    const auto own = static_cast<market::AggregateTable>(table);
    if (own == market::AggregateTable::lineage || own == market::AggregateTable::attestations)
        return Readers::everybody;
    switch (static_cast<Table>(table)) {
        case Table::organisation:
        case Table::key:
        case Table::parameter:
        case Table::dataset:
        case Table::listing:
        case Table::order_public:
        case Table::programme:
        case Table::attestation:
        case Table::proposal:
        case Table::key_by_bytes:
        case Table::listing_version:
        case Table::family:
            return Readers::everybody;
        case Table::account:
        case Table::order_money:
        case Table::voucher:
        case Table::use:
            return Readers::party;
        default:
            return Readers::validator;
    }
}

// May this organisation read the record behind a party-tier state key?
bool is_party(const ledger::StateTree& state, const ledger::StateKey& key,
              const ledger::OrgId& org) {
    const std::optional<ByteView> value = state.find(key);
    if (!value) return true;  // an absence says nothing about anybody
    switch (static_cast<Table>(key[0])) {
        case Table::account:
            return ByteView(key).subspan(1).size() == 32 &&
                   std::ranges::equal(ByteView(key).subspan(1), org.view());
        case Table::voucher: {
            const auto voucher = bcs::decode<market::Voucher>(*value);
            const auto programme = market::find_programme(state, voucher->programme);
            return voucher->holder == org || (programme && programme->owner == org);
        }
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

Response Service::get_consistency_proof(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const u64 from = TRY_HTTP(read_number(request.parameter("from"), "from", 0, ~u64{0}));
    if (from > at->header.height)
        return problem(404, "not_found", "the ledger has no such height yet");
    if (from == at->header.height) return problem(409, "conflict", "that is the head itself");
    if (from == 0)
        return file_response(ledger::jbproof::prove_consistency(
            node_.chain().genesis(), *at, ledger::header_zero(node_.chain().genesis()),
            node_.cosignatures().of(at->header.height)));
    const ledger::SignedHeader block = TRY_HTTP(node_.chain().header(from));
    return file_response(ledger::jbproof::prove_consistency(
        node_.chain().genesis(), *at, block.header, node_.cosignatures().of(at->header.height)));
}

Response Service::get_history_proof(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    if (at->header.height == 0) return problem(409, "conflict", "the ledger has no block yet");
    const u64 height =
        TRY_HTTP(read_number(request.parameter("height"), "height", 0, at->header.height - 1));
    if (height == 0)
        return file_response(ledger::jbproof::prove_history(
            node_.chain().genesis(), *at, ledger::header_zero(node_.chain().genesis()),
            node_.cosignatures().of(at->header.height)));
    const ledger::SignedHeader block = TRY_HTTP(node_.chain().header(height));
    return file_response(ledger::jbproof::prove_history(
        node_.chain().genesis(), *at, block.header, node_.cosignatures().of(at->header.height)));
}

// Who asks for witnesses gets the newest head that so many cosigned, which may be a little behind.
Response Service::get_state_proof(const Request& request) {
    const u64 cosigned = TRY_HTTP(read_number_or(request, "cosigned", 0, 0, cosigned_by_most));
    const ledger::SnapshotPtr at =
        cosigned > 0 ? node_.cosignatures().cosigned(cosigned) : node_.head();
    if (!at)
        return problem(409, "conflict", "no head of late is cosigned by so many witnesses yet");
    if (at->header.height == 0)
        return problem(409, "conflict", "the ledger has no signed head yet");
    const auto key = from_hex(request.parameter("key"));
    if (!key || key->empty() || key->size() > 256)
        return problem(400, "malformed", "key is a state key in hex");
    const Readers readers = readers_of((*key)[0]);
    if (readers != Readers::everybody) {
        const ledger::OrgId org = TRY_HTTP(party(request, *at));
        const bool may_read =
            readers == Readers::party ? is_party(at->state, *key, org) : is_validator(*at, org);
        if (!may_read) return problem(403, "not_allowed", "this record is not for you");
    }
    Response response = file_response(ledger::jbproof::prove_state(
        node_.chain().genesis(), *at, *key, node_.cosignatures().of(at->header.height)));
    if (readers != Readers::everybody) response.headers.emplace_back("Cache-Control", "no-store");
    return response;
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
    const std::vector<ledger::TxId> ids = ledger::txids(node_.chain().id(), input.transactions);
    const std::vector<crypto::Hash> leaves = ledger::transaction_leaves(ids, input.transactions);
    return file_response(ledger::jbproof::prove_transaction(
        node_.chain().genesis(), place.at, ids.at(place.index),
        input.transactions.at(place.index).signature, place.index, leaves,
        node_.cosignatures().of(place.height)));
}

Response Service::get_receipt_proof(const Request& request) {
    const Place place = TRY_HTTP(place_of(node_, request.segments[3]));
    std::vector<crypto::Hash> leaves;
    for (const Bytes& receipt : place.block.receipts)
        leaves.push_back(crypto::merkle::leaf(receipt));
    // System receipts come first.
    const u64 index = place.block.header.receipt_count - place.block.header.tx_count + place.index;
    return file_response(ledger::jbproof::prove_receipt(
        node_.chain().genesis(), place.at, place.block.receipts.at(index), index, leaves,
        node_.cosignatures().of(place.height)));
}

}  // namespace jangbu::api
