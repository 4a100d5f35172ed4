// jbproof/1: the vectors' files, made again byte for byte, and every refusal.
#include "ledger/jbproof.h"

#include <doctest/doctest.h>

#include "tests/ledger/vector_records.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;
using jbproof::Kind;

namespace {

const json& file() {
    return vectors("jbproof.json");
}

jbproof::Trusted trusted() {
    jbproof::Trusted pins;
    pins.chain_id = id_of<ChainId>(file().at("trusted").at("chain_id"));
    for (const json& key : file().at("trusted").at("witnesses"))
        pins.witnesses.insert(id_of<PublicKey>(key));
    return pins;
}

const json& valid(const std::string& note) {
    for (const json& entry : file().at("valid"))
        if (entry.at("note") == note) return entry;
    throw std::runtime_error("no such proof: " + note);
}

Genesis genesis() {
    return genesis_of(scene().at("genesis").at("value"));
}
Header scene_header(std::size_t height) {
    return header_of(scene().at("headers").at(height).at("value"));
}

// The state of the vectors' last header: genesis entries, one order, 40 entries of filler.
StateTree last_state() {
    StateTree::Changes entries;
    for (const json& entry : scene().at("genesis").at("state"))
        entries[bytes_of(entry.at(0))] = bytes_of(entry.at(1));
    const Bytes order = bytes_of(scene().at("order_public").at(1).at("bytes"));
    const Bytes money = bytes_of(scene().at("order_money").at(1).at("bytes"));
    const ByteView id = ByteView(order).subspan(1, 32);
    entries[state_key(Table::order_public, id)] = order;
    entries[state_key(Table::order_money, id)] = money;
    for (u8 i = 0; i < 40; ++i)
        entries[state_key(static_cast<Table>(250), crypto::sha256(Bytes{i}))] = Bytes(i + 1u, i);
    return StateTree().updated(entries);
}

// The vectors' chain as a node would hold it.
Snapshot last_snapshot() {
    Snapshot at;
    at.header = scene_header(scene().at("headers").size() - 1);
    at.hash = header_hash(at.header);
    at.finality = {id_of<PublicKey>(scene().at("head").at("validator")),
                   array_of<64>(scene().at("head").at("signature"))};
    at.state = last_state();
    const auto history = std::make_shared<HistoryTree>();
    for (const json& entry : scene().at("headers"))
        history->append(id_of<HeaderHash>(entry.at("hash")));
    at.history = history;
    return at;
}

void check_made(const std::string& made, const std::string& note) {
    CHECK(made == valid(note).at("file").get<std::string>());
    CHECK(jbproof::verify(made, trusted()).has_value());
}

}  // namespace

TEST_CASE("jbproof: every valid file of the vectors verifies at its level") {
    CHECK(file().at("valid").size() == 12);
    for (const json& entry : file().at("valid")) {
        CAPTURE(entry.at("note").get<std::string>());
        const auto verified = jbproof::verify(entry.at("file").get<std::string>(), trusted());
        REQUIRE(verified.has_value());
        CHECK(verified->level == text_of(entry.at("level")));
        CHECK(verified->header_hash == header_hash(verified->header));
    }
}

TEST_CASE("jbproof: every file that must fail is refused with a reason") {
    CHECK(file().at("must_fail").size() == 164);
    for (const json& entry : file().at("must_fail")) {
        CAPTURE(entry.at("reason").get<std::string>());
        const auto verified = jbproof::verify(entry.at("file").get<std::string>(), trusted());
        REQUIRE_FALSE(verified.has_value());
        CHECK(verified.error().code == ErrorCode::verification_failed);
        CHECK_FALSE(verified.error().detail.empty());
    }
}

TEST_CASE("jbproof: what is made for the vectors' chain equals the vectors' files") {
    const Snapshot at = last_snapshot();
    REQUIRE(at.state.root() == at.header.state_root);
    const Genesis start = genesis();

    std::vector<Hash> leaves;
    for (const json& entry : scene().at("transactions"))
        leaves.push_back(array_of<32>(entry.at("leaf_hash")));
    const json& second = scene().at("transactions").at(1);
    check_made(jbproof::prove_transaction(start, at, id_of<TxId>(second.at("txid")),
                                          array_of<64>(second.at("signature")), 1, leaves),
               "transaction");

    std::vector<Hash> receipt_leaves;
    for (const json& entry : scene().at("receipts"))
        receipt_leaves.push_back(array_of<32>(entry.at("leaf_hash")));
    check_made(jbproof::prove_receipt(start, at, bytes_of(scene().at("receipts").at(0).at("bytes")),
                                      0, receipt_leaves),
               "receipt");

    const Hash gone = crypto::sha256(as_bytes("no such order"));
    check_made(jbproof::prove_state(start, at, state_key(Table::order_public, gone)), "absence");
    check_made(jbproof::prove_history(start, at, scene_header(4)), "history");
    check_made(jbproof::prove_history(start, at, scene_header(0)), "history of header 0");
    check_made(jbproof::prove_consistency(start, at, scene_header(4)), "consistency");

    // The vectors' state proof carries a cosignature besides.
    json cosigned = json::parse(valid("state").at("file").get<std::string>());
    cosigned["cosignatures"] = json::array();
    const json order = scene().at("order_public").at(1);
    const Bytes id = bytes_of(order.at("value").at("id"));
    CHECK(jbproof::prove_state(start, at, state_key(Table::order_public, id)) == cosigned.dump());
}

TEST_CASE("jbproof: the verifier hands back the subject") {
    const auto of = [](const std::string& note) {
        auto verified = jbproof::verify(valid(note).at("file").get<std::string>(), trusted());
        REQUIRE(verified.has_value());
        CHECK(verified->genesis == genesis());
        return std::move(*verified);
    };
    const json& second = scene().at("transactions").at(1);
    const jbproof::Verified transaction = of("transaction");
    CHECK(transaction.kind == Kind::transaction);
    CHECK(transaction.txid.hex() == text_of(second.at("txid")));
    CHECK(to_hex(transaction.signature) == text_of(second.at("signature")));
    CHECK(transaction.header == scene_header(7));
    CHECK(transaction.validator.hex() == text_of(scene().at("head").at("validator")));

    CHECK(of("receipt").receipt == receipt_of(scene().at("receipts").at(0).at("value")));
    const jbproof::Verified state = of("state");
    CHECK(state.kind == Kind::state);
    CHECK(to_hex(state.value) == text_of(scene().at("order_public").at(1).at("bytes")));
    CHECK(state.state_key[0] == 7);
    CHECK(state.level == "E1");
    CHECK(state.witnesses.size() == 1);
    CHECK(of("absence").kind == Kind::absence);
    CHECK(of("history").older_header == scene_header(4));
    CHECK(of("consistency").older_header == scene_header(4));
    const jbproof::Verified stranger = of("cosigned by a witness that nobody pinned");
    CHECK(stranger.level == "E0");
    CHECK(stranger.witnesses.size() == 1);
}

TEST_CASE("jbproof: another pinned chain refuses every file") {
    jbproof::Trusted other = trusted();
    other.chain_id.bytes[0] ^= 1;
    for (const json& entry : file().at("valid"))
        CHECK_FALSE(jbproof::verify(entry.at("file").get<std::string>(), other).has_value());
}

TEST_CASE("jbproof: no flipped bit of a file passes unless it names another subject") {
    for (const std::string note : {"transaction", "receipt", "state", "history", "consistency"}) {
        const std::string good = valid(note).at("file");
        for (std::size_t at = 0; at < good.size(); at += 7) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ (1 << at % 7));
            CHECK_FALSE(jbproof::verify(bad, trusted()).has_value());
        }
    }
}

TEST_CASE("jbproof: hostile JSON is refused before it costs anything") {
    const auto refused = [](const std::string& text) {
        return !jbproof::verify(text, trusted()).has_value();
    };
    CHECK(refused(std::string(jbproof::file_bytes_max + 1, ' ')));
    CHECK(refused(std::string(jbproof::file_bytes_max, '[')));
    CHECK(refused(std::string(500'000, '[') + std::string(500'000, ']')));
    CHECK(refused("1e999999999"));
    CHECK(refused("{\"a\":" + std::string(1'000'000, '9') + "}"));
    CHECK(refused("\"\xff\""));
    CHECK(refused("\xef\xbb\xbf" + valid("state").at("file").get<std::string>()));
}
