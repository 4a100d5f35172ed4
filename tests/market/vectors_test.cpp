#include <doctest/doctest.h>

#include "ledger/block.h"
#include "market/market_rules.h"
#include "market/operations.h"
#include "tests/support/flat_json.h"

namespace jangbu::test {
namespace {

using namespace market;  // NOLINT

std::string text(const nlohmann::ordered_json& value) {
    return value.get<std::string>();
}
Bytes hex(const nlohmann::ordered_json& value) {
    return from_hex(text(value)).value();
}

// Bytes to record and back, and every field as the vector says.
template <class Record>
void check_record(const nlohmann::ordered_json& entry) {
    const Bytes bytes = hex(entry.at("bytes"));
    const Result<Record> record = bcs::decode<Record>(bytes);
    REQUIRE(record.has_value());
    CHECK(bcs::encode(*record) == bytes);
    CHECK(leaves_of(*record) == leaves_of_json(entry.at("value")));
}

void check_operation(const Bytes& bytes, const nlohmann::ordered_json& value) {
    const Result<Operation> operation = decode_operation(bytes);
    REQUIRE(operation.has_value());
    CHECK(market::encode(*operation) == bytes);
    CHECK(value.begin().key() == operation_name(*operation));
    CHECK(leaves_of(*operation) == leaves_of_json(value));
    const MarketRules rules;
    bcs::Decoder decoder(bytes);
    rules.read_operation(decoder);
    CHECK(decoder.fault() == nullptr);
    CHECK(decoder.left() == 0);
    CHECK(rules.is_active(bytes, 1));
}

}  // namespace

TEST_CASE("vectors: every operation has the bytes, id, message and signature of the law") {
    const auto file = ordered_vectors("transactions.json");
    const ledger::ChainId chain(array_of<32>(text(file["genesis"]["chain_id"])));
    const MarketRules rules;
    CHECK(file["operations"].size() == 23);
    for (const char* list : {"operations", "transactions"}) {
        for (const auto& entry : file[list]) {
            CAPTURE(entry["body"]["operation"].begin().key());
            check_operation(hex(entry["operation_bytes"]), entry["body"]["operation"]);
            const Bytes bytes = hex(entry["transaction_bytes"]);
            const auto transaction = ledger::decode_transaction(bytes, rules);
            REQUIRE(transaction.has_value());
            CHECK(ledger::encode(*transaction) == bytes);
            CHECK(transaction->body.operation == hex(entry["operation_bytes"]));
            CHECK(ledger::encode(transaction->body) == hex(entry["body_bytes"]));
            const TxId id = ledger::txid(chain, transaction->body);
            CHECK(id.hex() == text(entry["txid"]));
            const crypto::SigningKey key(array_of<32>(text(entry["seed"])));
            CHECK(ledger::sign(transaction->body, chain, key).signature == transaction->signature);
        }
    }
}

TEST_CASE("vectors: licence, quote and ticket have their bytes and hashes") {
    const auto file = ordered_vectors("transactions.json");
    for (const auto& entry : file["carried"]) {
        const std::string type = text(entry["type"]);
        const Bytes bytes = hex(entry["bytes"]);
        CAPTURE(type);
        if (type == "Licence") {
            check_record<Licence>(entry);
            CHECK(to_hex(licence_hash(*bcs::decode<Licence>(bytes))) == text(entry["hash"]));
        } else if (type == "SignedQuote") {
            check_record<SignedQuote>(entry);
            const auto quote = bcs::decode<SignedQuote>(bytes);
            CHECK(to_hex(quote_hash(quote->quote)) == text(entry["hash"]));
            CHECK(crypto::verify(quote->key, crypto::domain::quote, quote_hash(quote->quote),
                                 quote->signature));
        } else {
            REQUIRE(type == "SignedTicket");
            check_record<SignedTicket>(entry);
            const auto ticket = bcs::decode<SignedTicket>(bytes);
            CHECK(to_hex(ticket_hash(ticket->ticket)) == text(entry["hash"]));
            CHECK(crypto::verify(ticket->key, crypto::domain::ticket, ticket_hash(ticket->ticket),
                                 ticket->signature));
        }
    }
}

TEST_CASE("vectors: order records, bundle and block input read back with the market's codec") {
    const auto file = ordered_vectors("transactions.json");
    const MarketRules rules;
    for (const auto& entry : file["order_public"]) check_record<OrderPublic>(entry);
    for (const auto& entry : file["order_money"]) check_record<OrderMoney>(entry);
    const Bytes bundle = hex(file["bundle_bytes"]);
    const auto decoded = ledger::decode_bundle(bundle, rules);
    REQUIRE(decoded.has_value());
    CHECK(decoded->transactions.size() == file["transactions"].size());
    CHECK(ledger::encode(*decoded) == bundle);
    const Bytes input = hex(file["block_input_bytes"]);
    const auto block = ledger::decode_block_input(input, rules);
    REQUIRE(block.has_value());
    CHECK(ledger::encode(*block) == input);
}

namespace {

// Accepted or refused by the product's decoder of that type; nothing if the market has no say in
// it.
std::optional<bool> decodes(const std::string& type, const Bytes& bytes) {
    const MarketRules rules;
    if (type == "Operation") return decode_operation(bytes).has_value();
    if (type == "OrderPublic") return bcs::decode<OrderPublic>(bytes).has_value();
    if (type == "OrderMoney") return bcs::decode<OrderMoney>(bytes).has_value();
    if (type == "Transaction") return ledger::decode_transaction(bytes, rules).has_value();
    if (type == "Bundle") return ledger::decode_bundle(bytes, rules).has_value();
    if (type == "BlockInput") return ledger::decode_block_input(bytes, rules).has_value();
    return std::nullopt;
}

}  // namespace

TEST_CASE("vectors: BCS of market types, accepted and refused") {
    const auto file = ordered_vectors("bcs.json");
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (const auto& entry : file["accepted"]) {
        const std::string type = text(entry["type"]);
        const auto verdict = decodes(type, hex(entry["bytes"]));
        if (!verdict) continue;
        ++accepted;
        CAPTURE(type);
        CHECK(*verdict);
        if (type == "Operation") check_operation(hex(entry["bytes"]), entry["value"]);
        if (type == "OrderPublic") check_record<OrderPublic>(entry);
        if (type == "OrderMoney") check_record<OrderMoney>(entry);
    }
    for (const auto& entry : file["refused"]) {
        const auto verdict = decodes(text(entry["type"]), hex(entry["bytes"]));
        if (!verdict) continue;
        ++refused;
        CAPTURE(text(entry["type"]));
        CAPTURE(text(entry["reason"]));
        CHECK_FALSE(*verdict);
    }
    CHECK(accepted == 31);
    CHECK(refused == 118);
}

TEST_CASE("vectors: every truncation of every operation is refused") {
    const auto file = ordered_vectors("transactions.json");
    for (const auto& entry : file["operations"]) {
        const Bytes bytes = hex(entry["operation_bytes"]);
        for (std::size_t length = 0; length < bytes.size(); ++length)
            CHECK_FALSE(decode_operation(ByteView(bytes).first(length)).has_value());
        Bytes longer = bytes;
        longer.push_back(0);
        CHECK_FALSE(decode_operation(longer).has_value());
    }
}

TEST_CASE("vectors: tags 17 and above are reserved, not built") {
    for (u8 tag = 17; tag < 128; ++tag) {
        Bytes bytes(600, 0);
        bytes[0] = tag;
        CHECK_FALSE(decode_operation(bytes).has_value());
    }
}

}  // namespace jangbu::test
