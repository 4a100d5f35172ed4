#include "client/claim.h"

#include "client/plain_text.h"
#include "crypto/merkle.h"
#include "market/rejection.h"
#include "market/state_keys.h"

namespace jangbu::client {
namespace {

namespace jbproof = ledger::jbproof;
using ledger::Table;

void add(Claim& claim, std::string name, std::string value) {
    claim.subject.emplace_back(std::move(name), std::move(value));
}

std::string height_text(u64 height) {
    return height == 0 ? "not yet" : std::to_string(height);
}

// A value under a table whose key is not the one of its id would be another record's proof.
template <class Record>
Result<Record> record_of(const Claim& claim, ledger::StateKey (*key)(const decltype(Record::id)&)) {
    Record record = TRY(bcs::decode<Record>(claim.proof.value));
    if (key(record.id) != claim.proof.state_key)
        return fail(ErrorCode::verification_failed, "the record does not belong to its key");
    return record;
}

Status tell_dataset(Claim& claim) {
    const auto dataset = TRY(record_of<market::Dataset>(claim, market::dataset_key));
    if (market::dataset_id(dataset.registrant, dataset.data_root) != dataset.id ||
        !crypto::fx1::chunk_size_is_valid(dataset.byte_len, dataset.chunk_size))
        return fail(ErrorCode::verification_failed, "the dataset's record contradicts its id");
    claim.title = "certificate of originality";
    claim.simulated = dataset.origin == market::Origin::simulated;
    add(claim, "dataset", dataset.id.hex());
    add(claim, "registrant X", dataset.registrant.hex());
    add(claim, "data root", to_hex(dataset.data_root));
    add(claim, "length",
        std::to_string(dataset.byte_len) + " bytes in chunks of " +
            std::to_string(dataset.chunk_size));
    add(claim, "origin, as X states", claim.simulated ? "SIMULATED" : origin_word(dataset.origin));
    add(claim, "registered T",
        iso_time(dataset.registered_ms) + " at height " +
            std::to_string(dataset.registered_height));
    claim.proves =
        "X committed to this content not later than T. X shows possession by producing "
        "the file and its seed.";
    claim.not_proven =
        "It proves neither truth, nor ownership, nor that X was the first to measure it.";
    claim.dataset = dataset;
    return {};
}

void tell_trade(Claim& claim, const market::OrderPublic& order) {
    const std::string state = market::name(order.state);
    if (order.m)
        claim.proves =
            "This ciphertext was named before the money was locked, this key was posted "
            "at height " +
            std::to_string(order.keyed_height) +
            " and is the only one that opens it, and the order " +
            (market::is_terminal(order.state) ? "ended " : "stood at ") + state + ".";
    else
        claim.proves = "The order between these two parties about this dataset stood at " + state +
                       " at this height.";
    claim.not_proven = "It does not prove the quality of the data, or that somebody read it.";
}

Status tell_order(Claim& claim) {
    const auto order = TRY(record_of<market::OrderPublic>(claim, market::order_public_key));
    claim.title = "trade receipt";
    add(claim, "order", order.id.hex());
    add(claim, "seller", order.seller.hex());
    add(claim, "buyer", order.buyer.hex());
    add(claim, "dataset", order.dataset.hex());
    add(claim, "data root", to_hex(order.data_root));
    add(claim, "origin", "stated by the certificate of the dataset, not by this receipt");
    add(claim, "licence", to_hex(order.licence));
    if (order.terms) add(claim, "terms", order.terms->hash.hex());
    if (order.ct_root) add(claim, "ciphertext root", to_hex(*order.ct_root));
    if (order.y) add(claim, "Y", to_hex(*order.y));
    for (const market::PointBytes& t : order.t) add(claim, "T", to_hex(t));
    if (order.m) add(claim, "m", to_hex(*order.m));
    add(claim, "state", market::name(order.state));
    add(claim, "heights",
        "opened " + height_text(order.opened_height) + ", locked " +
            height_text(order.locked_height) + ", key " + height_text(order.keyed_height) +
            ", closed " + height_text(order.closed_height));
    tell_trade(claim, order);
    claim.order = order;
    return {};
}

Status tell_money(Claim& claim) {
    const auto money = TRY(record_of<market::OrderMoney>(claim, market::order_money_key));
    claim.title = "money of a trade";
    add(claim, "order", money.id.hex());
    add(claim, "supply value", won_text(money.supply));
    add(claim, "tax", won_text(money.tax));
    add(claim, "own money", won_text(money.own));
    add(claim, "voucher", won_text(money.voucher));
    add(claim, "fee", std::to_string(money.fee_bps) + " of 10,000");
    add(claim, "seller's bond", won_text(money.bond));
    claim.proves =
        "These amounts were fixed when the order was placed; how the order ended is in "
        "its trade receipt.";
    claim.not_proven = "It does not prove that money outside the ledger moved.";
    claim.money = money;
    return {};
}

Status tell_state(Claim& claim) {
    switch (static_cast<Table>(claim.proof.state_key.empty() ? 0 : claim.proof.state_key[0])) {
        case Table::dataset:
            return tell_dataset(claim);
        case Table::order_public:
            return tell_order(claim);
        case Table::order_money:
            return tell_money(claim);
        default:
            break;
    }
    claim.title = "state of the ledger";
    add(claim, "state key", to_hex(claim.proof.state_key));
    add(claim, "value", to_hex(claim.proof.value));
    claim.proves = "This value stood under this key at this height.";
    claim.not_proven = "It says nothing about earlier or later heights.";
    return {};
}

void tell_receipt(Claim& claim) {
    const ledger::Receipt& receipt = claim.proof.receipt;
    claim.title = "receipt";
    if (const auto* id = std::get_if<ledger::TxId>(&receipt.subject)) {
        add(claim, "transaction", id->hex());
    } else {
        const auto& system = std::get<ledger::SystemSubject>(receipt.subject);
        add(claim, "expiry of", to_hex(system.id));
    }
    add(claim, "outcome",
        receipt.code == ledger::accepted ? "done" : market::rejection_name(receipt.code));
    add(claim, "events", std::to_string(receipt.events.size()));
    claim.proves = "This was executed at this height with this outcome.";
    claim.not_proven = "It does not show what the ledger did before or after.";
}

Status tell(Claim& claim) {
    switch (claim.proof.kind) {
        case jbproof::Kind::state:
            return tell_state(claim);
        case jbproof::Kind::absence:
            claim.title = "absence from the ledger";
            add(claim, "state key", to_hex(claim.proof.state_key));
            claim.proves = "Nothing stood under this key at this height.";
            claim.not_proven = "It says nothing about earlier or later heights.";
            return {};
        case jbproof::Kind::receipt:
            tell_receipt(claim);
            return {};
        case jbproof::Kind::transaction:
            claim.title = "inclusion of a transaction";
            add(claim, "transaction", claim.proof.txid.hex());
            claim.proves = "This transaction with this signature stands in this block.";
            claim.not_proven = "It does not show whether the ledger accepted or rejected it.";
            return {};
        case jbproof::Kind::history:
        case jbproof::Kind::consistency:
            claim.title = claim.proof.kind == jbproof::Kind::history ? "earlier header"
                                                                     : "growth of the ledger";
            add(claim, "earlier height", std::to_string(claim.proof.older_header.height));
            add(claim, "earlier header", ledger::header_hash(claim.proof.older_header).hex());
            claim.proves = "The head below contains the earlier header, unchanged.";
            claim.not_proven = "It does not show that no other head was signed.";
            return {};
    }
    return fail(ErrorCode::verification_failed, "a proof of an unknown kind");
}

}  // namespace

Result<Claim> read_claim(std::string_view file, const jbproof::Trusted& trusted) {
    const Result<jbproof::Verified> verified = jbproof::verify(file, trusted);
    if (!verified)
        return fail(ErrorCode::verification_failed,
                    "the proof does not hold: " + verified.error().detail);
    Claim claim;
    claim.proof = *verified;
    if (const Status told = tell(claim); !told)
        return fail(ErrorCode::verification_failed, told.error().detail);
    return claim;
}

const char* origin_word(market::Origin origin) {
    if (origin == market::Origin::simulated) return "simulated";
    return origin == market::Origin::derived ? "derived" : "collected";
}

std::string level_sentence(const std::string& level, std::size_t witnesses) {
    if (level == "E0") return "E0: one operator's word";
    return level + ": one operator's word and " + std::to_string(witnesses) +
           (witnesses == 1 ? " pinned witness" : " pinned witnesses");
}

Result<u64> claimed_chunks(const Claim& claim) {
    if (claim.dataset) return shape_of(*claim.dataset).n();
    if (claim.order) return claim.order->n;
    return fail(ErrorCode::usage, "this proof names no dataset to compare a file with");
}

Status join_certificate(Claim& receipt, const Claim& certificate) {
    if (!receipt.order) return fail(ErrorCode::usage, "a certificate is joined to a trade receipt");
    if (!certificate.dataset || certificate.dataset->id != receipt.order->dataset ||
        certificate.dataset->data_root != receipt.order->data_root)
        return fail(ErrorCode::verification_failed,
                    "the certificate is not of the dataset that the receipt names");
    receipt.dataset = certificate.dataset;
    receipt.simulated = certificate.simulated;
    std::erase_if(receipt.subject, [](const auto& line) { return line.first == "origin"; });
    add(receipt, "origin",
        certificate.simulated ? "SIMULATED" : origin_word(certificate.dataset->origin));
    return {};
}

Status check_data(const Claim& claim, const std::filesystem::path& data, const Salts& salts,
                  Progress& progress) {
    const u64 n = TRY(claimed_chunks(claim));
    DatasetShape shape;
    Hash root{};
    if (claim.dataset) {
        shape = shape_of(*claim.dataset);
        root = claim.dataset->data_root;
    } else {
        // The registrant stands in every leaf; for a first sale it is the seller, which the id of
        // the dataset confirms.
        if (market::dataset_id(claim.order->seller, claim.order->data_root) != claim.order->dataset)
            return fail(ErrorCode::usage,
                        "the seller is not the registrant: compare the file with "
                        "the certificate of the dataset");
        shape.registrant = claim.order->seller;
        shape.chunk_size = claim.order->chunk_size;
        root = claim.order->data_root;
    }
    std::error_code error;
    const u64 bytes = std::filesystem::file_size(data, error);
    if (error) return fail(ErrorCode::io, "cannot read " + data.string() + ": " + error.message());
    if (!claim.dataset) shape.byte_len = bytes;
    if (bytes != shape.byte_len || bytes == 0 || shape.n() != n)
        return fail(ErrorCode::verification_failed,
                    data.string() + " does not have the length that was registered");
    const std::vector<Hash> leaves = TRY(hash_dataset(data, shape, salts, progress));
    if (crypto::merkle::root(leaves) != root)
        return fail(ErrorCode::verification_failed,
                    data.string() + " with these salts is not what was registered");
    return {};
}

}  // namespace jangbu::client
