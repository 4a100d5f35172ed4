#include "client/transaction_file.h"

#include <doctest/doctest.h>

#include "market/operations.h"

namespace jangbu::client {
namespace {

constexpr u64 from_ms = 1'800'000'000'000;
constexpr u32 for_ms = 3'600'000;

std::string repeated(const char* two_digits, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += two_digits;
    return out;
}

ChainId chain() {
    return *ChainId::from_hex(repeated("a0", 32));
}

crypto::OrganisationSecret secret(u8 fill) {
    ByteArray<32> bytes{};
    bytes.fill(fill);
    return crypto::OrganisationSecret(bytes);
}

TransactionFile file_of(const market::Operation& operation, const ledger::PublicKey& author,
                        std::vector<ledger::Document> documents = {}) {
    TransactionFile file{chain(), false, {}, std::move(documents)};
    ledger::Body& body = file.transaction.body;
    body.chain.fill(0xa0);
    body.author = author;
    body.valid_from_ms = from_ms;
    body.valid_for_ms = for_ms;
    body.salt.fill(0x5a);
    body.operation = market::encode(operation);
    return file;
}

TransactionFile funding() {
    const market::FundProgramme fund{*ProgrammeId::from_hex(repeated("11", 32)), 1'000};
    return file_of(fund, secret(7).signing_key(crypto::Purpose::transact, 2).public_key());
}

// An attestation with its report, which is the one document that it names.
TransactionFile attestation(const ledger::Document& named, std::vector<ledger::Document> carried) {
    market::AttestDataset attest;
    attest.dataset = *DatasetId::from_hex(repeated("22", 32));
    attest.kind = 2;
    attest.document = ledger::document_ref(named, ledger::DocumentClass::public_);
    return file_of(attest, secret(7).signing_key(crypto::Purpose::transact, 0).public_key(),
                   std::move(carried));
}

ErrorCode file_refusal(const TransactionFile& file) {
    const auto read = decode_transaction_file(encode(file));
    REQUIRE(!read);
    return read.error().code;
}

}  // namespace

TEST_CASE("transaction file: its bytes are frozen") {
    TransactionFile file = funding();
    file.transaction.body.author = *ledger::PublicKey::from_hex(repeated("b1", 32));
    std::string expected = "01" + repeated("a0", 32) + "00";     // version, ledger, not signed
    expected += "0101";                                          // a bundle of one transaction
    expected += "01a0a0a0a0" + repeated("b1", 32);               // version, chain, author
    expected += "00509ca5a301000080ee3600" + repeated("5a", 8);  // window, salt
    expected += "04" + repeated("11", 32) + "e803000000000000";  // FundProgramme
    expected += repeated("00", 64) + "00";                       // signature, documents
    file.transaction.body.valid_from_ms = 0x01a3a59c5000;
    CHECK(to_hex(encode(file)) == expected);
    const auto read = decode_transaction_file(encode(file));
    REQUIRE(read);
    CHECK(*read == file);
}

TEST_CASE("transaction file: a part of it, or more than it, is refused") {
    const ledger::Document report{{}, "text/plain", {'o', 'k'}};
    const Bytes whole = encode(attestation(report, {report}));
    REQUIRE(decode_transaction_file(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK(!decode_transaction_file(ByteView(whole).first(size)));
    Bytes longer = whole;
    longer.push_back(0);
    CHECK(decode_transaction_file(longer).error().code == ErrorCode::malformed);
    CHECK(!decode_transaction_file(Bytes(transaction_file_bytes_max + 1)));
}

TEST_CASE("transaction file: signing keeps the transaction and is done once") {
    const TransactionFile file = funding();
    const auto made = sign(file, secret(7), from_ms + for_ms);
    REQUIRE(made);
    CHECK(made->id() == file.id());
    CHECK(made->transaction.body == file.transaction.body);
    CHECK(*made == *sign(file, secret(7), from_ms));
    const auto read = decode_transaction_file(encode(*made));
    REQUIRE(read);
    CHECK(*read == *made);
    CHECK(sign(*made, secret(7), from_ms).error().code == ErrorCode::already_exists);
    CHECK(sign(file, secret(7), from_ms + for_ms + 1).error().code == ErrorCode::conflict);
    CHECK(sign(file, secret(8), from_ms).error().code == ErrorCode::not_allowed);
}

TEST_CASE("transaction file: a signature of something else is refused") {
    TransactionFile made = *sign(funding(), secret(7), from_ms);
    SUBCASE("changed after it was signed") {
        made.transaction.body.valid_for_ms += 1;
        CHECK(file_refusal(made) == ErrorCode::verification_failed);
    }
    SUBCASE("for another ledger") {
        made.chain_id.bytes[31] ^= 1;
        CHECK(file_refusal(made) == ErrorCode::verification_failed);
    }
    SUBCASE("said to be none") {
        made.is_signed = false;
        CHECK(file_refusal(made) == ErrorCode::malformed);
    }
    SUBCASE("missing") {
        made.transaction.signature = {};
        CHECK(file_refusal(made) == ErrorCode::verification_failed);
    }
}

TEST_CASE("transaction file: it carries what it names, and nothing else") {
    const ledger::Document report{{}, "text/plain", {'o', 'k'}};
    const ledger::Document other{{}, "text/plain", {'n', 'o'}};
    CHECK(file_refusal(attestation(report, {})) == ErrorCode::malformed);
    CHECK(file_refusal(attestation(report, {other})) == ErrorCode::malformed);
    CHECK(file_refusal(attestation(report, {report, report})) == ErrorCode::malformed);
    TransactionFile elsewhere = funding();
    elsewhere.transaction.body.chain[0] ^= 1;
    CHECK(file_refusal(elsewhere) == ErrorCode::malformed);
    ledger::Bundle two = funding().bundle();
    two.transactions.push_back(two.transactions[0]);
    Bytes bytes = encode(funding());
    bytes.resize(34);
    const Bytes rest = ledger::encode(two);
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    CHECK(decode_transaction_file(bytes).error().code == ErrorCode::malformed);
}

}  // namespace jangbu::client
