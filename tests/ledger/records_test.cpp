// The ledger's records against bytes, hashes and refusals that another implementation made.
#include <doctest/doctest.h>

#include "crypto/merkle.h"
#include "tests/ledger/vector_records.h"
#include "tests/support/known_operations.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

// Decodes bytes as the named type and says whether that worked; nothing if the type is not the
// ledger's.
std::optional<bool> decodes(const std::string& type, const Bytes& bytes) {
    static const KnownOperations codec;
    if (type == "Key") return bcs::decode<Key>(bytes).has_value();
    if (type == "Document") return bcs::decode<Document>(bytes).has_value();
    if (type == "DocumentRef") return bcs::decode<DocumentRef>(bytes).has_value();
    if (type == "Receipt") return bcs::decode<Receipt>(bytes).has_value();
    if (type == "Header") return bcs::decode<Header>(bytes).has_value();
    if (type == "Genesis") return bcs::decode<Genesis>(bytes).has_value();
    if (type == "ValidatorSet") return bcs::decode<ValidatorSet>(bytes).has_value();
    if (type == "Transaction") return decode_transaction(bytes, codec).has_value();
    if (type == "Bundle") return decode_bundle(bytes, codec).has_value();
    if (type == "BlockInput") return decode_block_input(bytes, codec).has_value();
    return std::nullopt;
}

template <class Record>
void check_both_ways(const Record& record, const Bytes& bytes) {
    CHECK(to_hex(bcs::encode(record)) == to_hex(bytes));
    const Result<Record> decoded = bcs::decode<Record>(bytes);
    REQUIRE(decoded.has_value());
    CHECK(*decoded == record);
}

}  // namespace

TEST_CASE("records: every accepted encoding of a ledger type decodes to its value") {
    int seen = 0;
    for (const json& entry : vectors("bcs.json").at("accepted")) {
        const std::string type = entry.at("type");
        const Bytes bytes = bytes_of(entry.at("bytes"));
        const std::optional<bool> decoded = decodes(type, bytes);
        if (!decoded) continue;
        CAPTURE(type);
        CHECK(*decoded);
        const json& value = entry.at("value");
        if (type == "Key") check_both_ways(key_of(value), bytes);
        if (type == "Document") check_both_ways(document_of(value), bytes);
        if (type == "DocumentRef") check_both_ways(document_ref_of(value), bytes);
        if (type == "Receipt") check_both_ways(receipt_of(value), bytes);
        if (type == "Header") check_both_ways(header_of(value), bytes);
        if (type == "Genesis") check_both_ways(genesis_of(value), bytes);
        if (type == "ValidatorSet") check_both_ways(validators_of(value), bytes);
        ++seen;
    }
    CHECK(seen == 14);
}

TEST_CASE("records: every refused encoding of a ledger type is refused") {
    int seen = 0;
    for (const json& entry : vectors("bcs.json").at("refused")) {
        const std::string type = entry.at("type");
        const std::optional<bool> decoded = decodes(type, bytes_of(entry.at("bytes")));
        if (!decoded) continue;
        CAPTURE(entry.dump());
        CHECK_FALSE(*decoded);
        ++seen;
    }
    CHECK(seen == 87);
}

TEST_CASE("records: ids are hashes over what the law names") {
    const json& ids = vectors("hashes.json").at("ids");
    const OrgId org = org_id(id_of<PublicKey>(ids.at("first_transact_key")));
    CHECK(org.hex() == text_of(ids.at("org_id")));
    const ChainId chain = id_of<ChainId>(ids.at("chain_id"));
    const auto random16 = array_of<16>(ids.at("random16"));
    CHECK(ids.at("by_kind").size() == 4);
    for (const auto& [kind, id] : ids.at("by_kind").items())
        CHECK(to_hex(created_id(kind, chain, org, random16)) == text_of(id));
    const auto genesis = bcs::decode<Genesis>(bytes_of(ids.at("genesis")));
    REQUIRE(genesis.has_value());
    CHECK(chain_id(*genesis) == chain);
}

TEST_CASE("records: documents and their references") {
    for (const json& entry : scene().at("documents")) {
        const Document document = document_of(entry.at("value"));
        const Bytes bytes = bytes_of(entry.at("bytes"));
        check_both_ways(document, bytes);
        CHECK(document_hash(bytes).hex() == text_of(entry.at("hash")));
        const DocumentRef ref = document_ref_of(entry.at("ref"));
        CHECK(document_ref(document, static_cast<DocumentClass>(ref.access)) == ref);
        check_both_ways(ref, bytes_of(entry.at("ref_bytes")));
    }
}

TEST_CASE("records: a document of the largest size passes, one byte more does not") {
    CHECK(scene().at("limits").size() == 2);
    for (const json& entry : scene().at("limits")) {
        Bytes bytes = bytes_of(entry.at("prefix"));
        for (u64 j = 0; j < number_of(entry.at("bulk_bytes")); ++j)
            bytes.push_back(static_cast<u8>(31 * j + 17 * (j >> 8) + 7 * (j >> 16)));
        REQUIRE(bytes.size() == number_of(entry.at("total_bytes")));
        CHECK(document_hash(bytes).hex() == text_of(entry.at("hash")));
        CHECK(bcs::decode<Document>(bytes).has_value() == entry.at("accepted").get<bool>());
    }
}

TEST_CASE("records: keys") {
    for (const json& entry : scene().at("keys"))
        check_both_ways(key_of(entry.at("value")), bytes_of(entry.at("bytes")));
}

TEST_CASE("records: validator sets and their hashes") {
    for (const json& entry : scene().at("validator_sets")) {
        const ValidatorSet set = validators_of(entry.at("value"));
        check_both_ways(set, bytes_of(entry.at("bytes")));
        CHECK(to_hex(validators_hash(set)) == text_of(entry.at("hash")));
    }
}

TEST_CASE("records: receipts and the receipt root") {
    std::vector<Hash> leaves;
    for (const json& entry : scene().at("receipts")) {
        const Bytes bytes = bytes_of(entry.at("bytes"));
        check_both_ways(receipt_of(entry.at("value")), bytes);
        leaves.push_back(crypto::merkle::leaf(bytes));
        CHECK(to_hex(leaves.back()) == text_of(entry.at("leaf_hash")));
    }
    CHECK(to_hex(crypto::merkle::root(leaves)) == text_of(scene().at("receipt_root")));
}

TEST_CASE("records: a receipt carries events up to its bounds") {
    Receipt receipt{TxId(), 0, {}};
    receipt.events.assign(limits::receipt_events_max, Bytes(limits::event_bytes_max, 7));
    const Bytes bytes = bcs::encode(receipt);
    check_both_ways(receipt, bytes);

    // One event more, and one byte more in an event, written by hand.
    const auto with_events = [](u8 count, std::size_t event_bytes) {
        bcs::Encoder encoder;
        encoder.version();
        encoder.uleb(0);
        encoder(TxId());
        encoder(u16{0});
        encoder.uleb(count);
        for (u8 i = 0; i < count; ++i) encoder.bytes(Bytes(event_bytes, 7), event_bytes);
        return encoder.take();
    };
    CHECK(bcs::decode<Receipt>(with_events(64, 1024)).has_value());
    CHECK_FALSE(bcs::decode<Receipt>(with_events(65, 1)).has_value());
    CHECK_FALSE(bcs::decode<Receipt>(with_events(1, 1025)).has_value());
}

TEST_CASE("records: headers, their hashes, history and signatures") {
    std::vector<Hash> history;
    HeaderHash last;
    for (const json& entry : scene().at("headers")) {
        const Header header = header_of(entry.at("value"));
        check_both_ways(header, bytes_of(entry.at("bytes")));
        CHECK(to_hex(crypto::merkle::root(history)) == to_hex(header.history_root));
        CHECK(header.parent == last);
        last = header_hash(header);
        CHECK(last.hex() == text_of(entry.at("hash")));
        history.push_back(crypto::merkle::leaf(last.bytes));
    }
    const json& head = scene().at("head");
    CHECK(last.hex() == text_of(head.at("hash")));
    const crypto::SigningKey validator(array_of<32>(head.at("validator_seed")));
    CHECK(validator.public_key().hex() == text_of(head.at("validator")));
    CHECK(to_hex(validator.sign(crypto::domain::header, last.bytes)) ==
          text_of(head.at("signature")));
    const crypto::SigningKey witness(array_of<32>(head.at("witness_seed")));
    CHECK(witness.public_key().hex() == text_of(head.at("witness")));
    CHECK(to_hex(witness.sign(crypto::domain::cosignature, last.bytes)) ==
          text_of(head.at("cosignature")));
    CHECK(crypto::verify(validator.public_key(), crypto::domain::header, last.bytes,
                         array_of<64>(head.at("signature"))));
}

TEST_CASE("records: header 0 follows from genesis") {
    const json& entry = scene().at("genesis");
    const Genesis genesis = genesis_of(entry.at("value"));
    check_both_ways(genesis, bytes_of(entry.at("bytes")));
    CHECK(chain_id(genesis).hex() == text_of(entry.at("chain_id")));
    CHECK(header_zero(genesis) == header_of(scene().at("headers").at(0).at("value")));
}
