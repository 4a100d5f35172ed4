// Transactions, bundles and block inputs against vectors; bounds and hostile bytes.
#include "ledger/transaction.h"

#include <doctest/doctest.h>

#include "crypto/merkle.h"
#include "tests/ledger/vector_records.h"
#include "tests/support/known_operations.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

ChainId scene_chain() {
    return id_of<ChainId>(scene().at("genesis").at("chain_id"));
}

Transaction transaction_of(const json& entry) {
    return {body_of(entry.at("body"), bytes_of(entry.at("operation_bytes"))),
            array_of<64>(entry.at("signature"))};
}

// A transaction whose encoding has exactly this many bytes, for the sized codec.
Transaction of_size(std::size_t bytes) {
    constexpr std::size_t around = 1 + 4 + 32 + 8 + 4 + 8 + 64;
    const std::size_t operation = bytes - around;
    bcs::Encoder encoder;
    encoder.bytes(Bytes(operation - (operation - 1 >= 0x4000 ? 3 : 2), 9), operation);
    Transaction transaction;
    transaction.body.operation = encoder.take();
    return transaction;
}

std::vector<Transaction> last_block() {
    std::vector<Transaction> transactions;
    for (const json& entry : scene().at("transactions"))
        transactions.push_back(transaction_of(entry));
    return transactions;
}

void check_vector(const json& entry) {
    static const KnownOperations codec;
    const Transaction transaction = transaction_of(entry);
    CHECK(to_hex(encode(transaction.body)) == text_of(entry.at("body_bytes")));
    CHECK(to_hex(encode(transaction)) == text_of(entry.at("transaction_bytes")));
    const Result<Transaction> decoded =
        decode_transaction(bytes_of(entry.at("transaction_bytes")), codec);
    REQUIRE(decoded.has_value());
    CHECK(*decoded == transaction);

    const TxId id = txid(scene_chain(), transaction.body);
    CHECK(id.hex() == text_of(entry.at("txid")));
    CHECK(to_hex(crypto::signed_message(crypto::domain::transaction, id.bytes)) ==
          text_of(entry.at("signed_message")));
    const crypto::SigningKey key(array_of<32>(entry.at("seed")));
    CHECK(sign(transaction.body, scene_chain(), key) == transaction);
    CHECK(crypto::verify(transaction.body.author, crypto::domain::transaction, id.bytes,
                         transaction.signature));
    const auto leaf = leaf_entry(id, transaction.signature);
    CHECK(to_hex(leaf) == text_of(entry.at("leaf_entry")));
    CHECK(to_hex(crypto::merkle::leaf(leaf)) == text_of(entry.at("leaf_hash")));
}

}  // namespace

TEST_CASE("transaction: bytes, id, signature and leaf of every operation") {
    CHECK(scene().at("operations").size() == 23);
    for (const json& entry : scene().at("operations")) check_vector(entry);
    for (const json& entry : scene().at("transactions")) check_vector(entry);
}

TEST_CASE("transaction: the root of the last block") {
    std::vector<Hash> leaves;
    for (const Transaction& t : last_block())
        leaves.push_back(
            crypto::merkle::leaf(leaf_entry(txid(scene_chain(), t.body), t.signature)));
    CHECK(to_hex(crypto::merkle::root(leaves)) == text_of(scene().at("tx_root")));
    const std::vector<TxId> ids = txids(scene_chain(), last_block());
    CHECK(transaction_leaves(ids, last_block()) == leaves);
}

TEST_CASE("transaction: the ids of many are those of each, whatever their sizes") {
    for (const std::size_t count : {0u, 1u, 2u, 3u, 40u, 300u}) {
        std::vector<Transaction> transactions;
        for (std::size_t i = 0; i < count; ++i) {
            transactions.push_back(of_size(400 + i * 37 % 3'000));
            transactions.back().body.valid_from_ms = i;
        }
        std::vector<TxId> want;
        for (const Transaction& t : transactions) want.push_back(txid(scene_chain(), t.body));
        CHECK(txids(scene_chain(), transactions) == want);
    }
}

TEST_CASE("transaction: signatures that must fail do") {
    for (const json& entry : scene().at("signatures_must_fail")) {
        CAPTURE(entry.at("reason").get<std::string>());
        CHECK_FALSE(crypto::verify(id_of<PublicKey>(entry.at("author")),
                                   crypto::domain::transaction, array_of<32>(entry.at("txid")),
                                   array_of<64>(entry.at("signature"))));
    }
}

TEST_CASE("transaction: the window never wraps") {
    for (const json& entry : scene().at("windows")) {
        CAPTURE(entry.dump());
        CHECK(window_is_valid(
                  number_of(entry.at("valid_from_ms")), number_of(entry.at("valid_for_ms")),
                  number_of(entry.at("block_time_ms")),
                  number_of(entry.at("window_max_ms"))) == entry.at("valid").get<bool>());
    }
}

TEST_CASE("transaction: the id covers the chain and every field but the signature") {
    const Transaction transaction = last_block()[0];
    const TxId id = txid(scene_chain(), transaction.body);
    ChainId other = scene_chain();
    other.bytes[31] ^= 1;
    CHECK(txid(other, transaction.body) != id);
    const Bytes bytes = encode(transaction.body);
    const KnownOperations codec;
    for (std::size_t bit = 8; bit < 57 * 8; ++bit) {  // the fields before the operation
        Bytes changed = encode(transaction);
        changed[bit / 8] ^= static_cast<u8>(1 << bit % 8);
        const Result<Transaction> decoded = decode_transaction(changed, codec);
        REQUIRE(decoded.has_value());
        CHECK(txid(scene_chain(), decoded->body) != id);
    }
}

TEST_CASE("transaction: bundle and block input of the vectors") {
    const KnownOperations codec;
    const Bytes bundle_bytes = bytes_of(scene().at("bundle_bytes"));
    const Result<Bundle> bundle = decode_bundle(bundle_bytes, codec);
    REQUIRE(bundle.has_value());
    CHECK(bundle->transactions == last_block());
    CHECK(encode(*bundle) == bundle_bytes);
    for (const Document& document : bundle->documents) {
        bool known = false;
        for (const json& entry : scene().at("documents"))
            known |= document_of(entry.at("value")) == document;
        CHECK(known);
    }

    const Bytes input_bytes = bytes_of(scene().at("block_input_bytes"));
    const Result<BlockInput> input = decode_block_input(input_bytes, codec);
    REQUIRE(input.has_value());
    const Header head = header_of(scene().at("headers").back().at("value"));
    CHECK(input->height == head.height);
    CHECK(input->time_ms == head.time_ms);
    CHECK(input->parent == head.parent);
    CHECK(input->transactions == last_block());
    CHECK(encode(*input) == input_bytes);
}

TEST_CASE("transaction: 16 KiB are the most, alone and inside a bundle or block") {
    const SizedOperation codec;
    for (const bool over : {false, true}) {
        const Transaction transaction = of_size(limits::transaction_bytes_max + (over ? 1 : 0));
        const Bytes bytes = encode(transaction);
        REQUIRE(bytes.size() == limits::transaction_bytes_max + (over ? 1 : 0));
        CHECK(decode_transaction(bytes, codec).has_value() != over);
        CHECK(decode_bundle(encode(Bundle{{transaction}, {}}), codec).has_value() != over);
        CHECK(
            decode_block_input(encode(BlockInput{0, 1, 2, {}, {transaction}}), codec).has_value() !=
            over);
    }
}

TEST_CASE("transaction: a bundle is bounded in bytes and in counts") {
    const SizedOperation codec;
    Bundle bundle;
    const Transaction largest = of_size(limits::transaction_bytes_max);
    while (encode(bundle).size() + limits::transaction_bytes_max <= limits::bundle_bytes_max)
        bundle.transactions.push_back(largest);
    CHECK(decode_bundle(encode(bundle), codec).has_value());
    bundle.transactions.push_back(largest);
    const Result<Bundle> over = decode_bundle(encode(bundle), codec);
    REQUIRE_FALSE(over.has_value());
    CHECK(over.error().code == ErrorCode::malformed);

    // Counts above the bound are refused before anything is read.
    CHECK_FALSE(decode_bundle(Bytes{1, 0x81, 0x20}, codec).has_value());
    CHECK_FALSE(decode_bundle(Bytes{1, 0, 0x81, 0x20}, codec).has_value());
    CHECK(decode_bundle(Bytes{1, 0, 0}, codec).has_value());
}

TEST_CASE("transaction: every truncation and every trailing byte is refused") {
    const KnownOperations codec;
    const Bytes bytes = bytes_of(scene().at("bundle_bytes"));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decode_bundle(ByteView(bytes).first(size), codec).has_value());
    CHECK_FALSE(decode_bundle(concat({bytes, Bytes{0}}), codec).has_value());
    const Bytes input = bytes_of(scene().at("block_input_bytes"));
    for (std::size_t size = 0; size < input.size(); ++size)
        CHECK_FALSE(decode_block_input(ByteView(input).first(size), codec).has_value());
    CHECK_FALSE(decode_block_input(concat({input, Bytes{0}}), codec).has_value());
}
