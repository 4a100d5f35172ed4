#include "client/claim.h"

#include <sys/wait.h>

#include "crypto/merkle.h"
#include "ledger/history_tree.h"
#include "market/state_keys.h"
#include "tests/client/folder.h"
#include "tests/support/vectors.h"

namespace jangbu::client {
namespace {

using test::array_of;
using test::Folder;
using test::json;
using test::number_of;
using test::vector_content;
using test::vectors;
namespace jbproof = ledger::jbproof;

jbproof::Trusted vector_trusted() {
    const json& trusted = vectors("jbproof.json").at("trusted");
    jbproof::Trusted out{ledger::ChainId(array_of<32>(trusted.at("chain_id"))), {}};
    for (const json& key : trusted.at("witnesses"))
        out.witnesses.insert(ledger::PublicKey(array_of<32>(key)));
    return out;
}

// Runs jangbu with its output thrown away; its exit code.
int run_jangbu(const std::string& arguments) {
    const std::string command =
        std::string(JANGBU_BIN) + "/jangbu " + arguments + " > /dev/null 2> /dev/null";
    const int status = std::system(command.c_str());
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

// A certificate of the first four-chunk dataset of the vectors, under a genesis and validator of
// this test.
struct Certificate {
    Certificate() {
        const json& file = vectors("dataset.json");
        const json& vector = file.at("datasets").at(4);
        dataset.registrant = ledger::OrgId(array_of<32>(file.at("registrant")));
        dataset.data_root = array_of<32>(vector.at("data_root"));
        dataset.id = market::dataset_id(dataset.registrant, dataset.data_root);
        dataset.seed_nonce = array_of<16>(vector.at("seed_nonce"));
        dataset.byte_len = number_of(vector.at("byte_len"));
        dataset.chunk_size = vector.at("chunk_size").get<u32>();
        dataset.origin = market::Origin::simulated;
        dataset.registered_height = 1;
        dataset.registered_ms = 1'767'225'600'000;
        seed = array_of<32>(vector.at("seed"));
        for (const json& salt : vector.at("salts")) salts.push_back(array_of<32>(salt));
        content = vector_content(dataset.byte_len, number_of(vector.at("shift")));
    }
    std::string prove(const ledger::StateKey& key, const Bytes& value) {
        const crypto::SigningKey validator(ByteArray<32>{7});
        genesis.name = "test";
        genesis.protocol_version = 1;
        genesis.validators.validators = {{validator.public_key(), 1}};
        ledger::Snapshot at;
        at.state = ledger::StateTree().updated({{key, value}});
        const auto history = std::make_shared<ledger::HistoryTree>();
        at.header = ledger::header_zero(genesis);
        history->append(ledger::header_hash(at.header));
        at.header.height = 1;
        at.header.history_root = history->root(1);
        at.header.state_root = at.state.root();
        at.hash = ledger::header_hash(at.header);
        at.finality = {validator.public_key(),
                       validator.sign(crypto::domain::header, at.hash.bytes)};
        at.history = history;
        return jbproof::prove_state(genesis, at, key);
    }
    std::string file() { return prove(market::dataset_key(dataset.id), bcs::encode(dataset)); }

    market::Dataset dataset;
    Hash seed{};
    std::vector<Hash> salts;
    Bytes content;
    ledger::Genesis genesis;
};

TEST_CASE("verify: every proof of the vectors is told at its level, every bad one is refused") {
    const json& file = vectors("jbproof.json");
    const jbproof::Trusted trusted = vector_trusted();
    for (const json& valid : file.at("valid")) {
        const auto claim = read_claim(valid.at("file").get<std::string>(), trusted);
        REQUIRE(claim.has_value());
        CHECK(claim->proof.level == valid.at("level").get<std::string>());
        CHECK(!claim->title.empty());
        CHECK(!claim->proves.empty());
        CHECK(!claim->not_proven.empty());
        CHECK(!claim->subject.empty());
    }
    for (const json& bad : file.at("must_fail")) {
        const auto claim = read_claim(bad.at("file").get<std::string>(), trusted);
        REQUIRE(!claim.has_value());
        CHECK(claim.error().code == ErrorCode::verification_failed);
    }
}

TEST_CASE("jangbu verify: exit code 0 for the vectors that hold, 6 for those that do not") {
    const json& file = vectors("jbproof.json");
    const Folder folder;
    const std::string genesis = file.at("trusted").at("chain_id").get<std::string>();
    const auto code = [&](const json& entry) {
        const std::string text = entry.at("file").get<std::string>();
        const auto proof = folder.write("proof.json", as_bytes(text));
        return run_jangbu("verify " + proof.string() + " --genesis " + genesis);
    };
    for (const json& valid : file.at("valid")) CHECK(code(valid) == 0);
    // All of them go through the library above; the program is started for every seventh.
    const json& bad = file.at("must_fail");
    for (std::size_t i = 0; i < bad.size(); i += 7) CHECK(code(bad[i]) == 6);
}

TEST_CASE("jangbu verify: usage, missing file and another ledger have exit codes of their own") {
    const json& file = vectors("jbproof.json");
    const Folder folder;
    const std::string text = file.at("valid").at(0).at("file").get<std::string>();
    const auto proof = folder.write("proof.json", as_bytes(text));
    const std::string home = " --home " + (folder / "home").string();
    CHECK(run_jangbu("verify") == 2);
    CHECK(run_jangbu("verify " + proof.string() + home) == 2);  // nothing is pinned there
    CHECK(run_jangbu("verify " + proof.string() + " --genesis 12") == 2);
    const std::string other(64, '0');
    CHECK(run_jangbu("verify " + proof.string() + " --genesis " + other) == 6);
    CHECK(run_jangbu("verify " + (folder / "absent").string() + " --genesis " + other) == 7);
    CHECK(run_jangbu("--help") == 0);
    CHECK(run_jangbu("order place --help") == 0);
    CHECK(run_jangbu("fly to the moon") == 2);
    CHECK(run_jangbu("query status --node http://127.0.0.1:1" + home) == 5);
}

TEST_CASE(
    "verify: a certificate states the sentence of the law, and that simulated data is simulated") {
    Certificate certificate;
    const std::string file = certificate.file();
    const auto claim = read_claim(file, {ledger::chain_id(certificate.genesis), {}});
    REQUIRE(claim.has_value());
    CHECK(claim->title == "certificate of originality");
    CHECK(claim->simulated);
    CHECK(claim->proves ==
          "X committed to this content not later than T. X shows possession by producing the file "
          "and its seed.");
    CHECK(claim->not_proven ==
          "It proves neither truth, nor ownership, nor that X was the first to measure it.");
    bool shows_time = false;
    for (const auto& [name, value] : claim->subject)
        if (name == "registered T") shows_time = value.starts_with("2026-01-01T00:00:00Z");
    CHECK(shows_time);
}

TEST_CASE("verify: a record under the key of another is refused") {
    Certificate certificate;
    market::Dataset other = certificate.dataset;
    other.registrant.bytes[0] ^= 1;
    const std::string file =
        certificate.prove(market::dataset_key(certificate.dataset.id), bcs::encode(other));
    CHECK(read_claim(file, {ledger::chain_id(certificate.genesis), {}}).error().code ==
          ErrorCode::verification_failed);
}

TEST_CASE(
    "verify --file: the registered data is accepted by seed and by salts, one changed byte is "
    "not") {
    Certificate certificate;
    const Folder folder;
    const std::string file = certificate.file();
    const auto claim = read_claim(file, {ledger::chain_id(certificate.genesis), {}});
    REQUIRE(claim.has_value());
    const auto data = folder.write("data", certificate.content);
    const std::span<const Hash> salts = certificate.salts;
    Progress progress;
    CHECK(check_data(*claim, data, certificate.seed, progress).has_value());
    CHECK(check_data(*claim, data, salts, progress).has_value());
    Hash other_seed = certificate.seed;
    other_seed[0] ^= 1;
    CHECK(check_data(*claim, data, other_seed, progress).error().code ==
          ErrorCode::verification_failed);
    for (const std::size_t at : {std::size_t{0}, certificate.content.size() - 1}) {
        Bytes changed = certificate.content;
        changed[at] ^= 1;
        folder.write("data", changed);
        CHECK(check_data(*claim, data, certificate.seed, progress).error().code ==
              ErrorCode::verification_failed);
    }
    folder.write("data", ByteView(certificate.content).first(100));
    CHECK(check_data(*claim, data, certificate.seed, progress).error().code ==
          ErrorCode::verification_failed);
}

TEST_CASE(
    "jangbu verify --file: exit code 0 for the data, 6 for one changed byte, by seed and by "
    "salts") {
    Certificate certificate;
    const Folder folder;
    const std::string text = certificate.file();
    const auto proof = folder.write("certificate.json", as_bytes(text));
    const auto data = folder.write("data", certificate.content);
    Bytes salts;
    for (const Hash& salt : certificate.salts) salts.insert(salts.end(), salt.begin(), salt.end());
    const auto salts_file = folder.write("salts.bin", salts);
    const std::string base = "verify " + proof.string() + " --genesis " +
                             ledger::chain_id(certificate.genesis).hex() + " --file " +
                             data.string();
    const std::string by_seed = base + " --seed " + to_hex(certificate.seed);
    const std::string by_salts = base + " --salts " + salts_file.string();
    CHECK(run_jangbu(by_seed) == 0);
    CHECK(run_jangbu(by_salts) == 0);
    CHECK(run_jangbu(base) == 2);
    CHECK(run_jangbu(by_seed + " --salts " + salts_file.string()) == 2);
    certificate.content[5'000] ^= 1;
    folder.write("data", certificate.content);
    CHECK(run_jangbu(by_seed) == 6);
    CHECK(run_jangbu(by_salts) == 6);
    folder.write("salts.bin", ByteView(salts).first(salts.size() - 1));
    CHECK(run_jangbu(by_salts) == 6);
    std::string changed = text;
    changed[changed.size() / 2] ^= 1;
    folder.write("certificate.json", as_bytes(changed));
    CHECK(run_jangbu(by_seed) == 6);
}

TEST_CASE(
    "verify --file: a trade receipt accepts the buyer's data and salts of the exchange vectors") {
    const json& vector = vectors("fx1.json").at("orders").at(3);
    Certificate prover;
    market::OrderPublic order;
    order.id = market::OrderId(array_of<32>(vector.at("order_id")));
    order.seller = ledger::OrgId(array_of<32>(vector.at("registrant")));
    order.dataset = market::DatasetId(array_of<32>(vector.at("dataset_id")));
    order.data_root = array_of<32>(vector.at("data_root"));
    order.n = number_of(vector.at("n"));
    order.chunk_size = vector.at("chunk_size").get<u32>();
    order.t = {array_of<32>(vector.at("T"))};
    order.y = array_of<32>(vector.at("Y"));
    order.ct_root = array_of<32>(vector.at("ct_root"));
    order.m = array_of<32>(vector.at("m"));
    order.state = market::OrderState::settled;
    order.keyed_height = 6;
    const std::string file = prover.prove(market::order_public_key(order.id), bcs::encode(order));
    const auto claim = read_claim(file, {ledger::chain_id(prover.genesis), {}});
    REQUIRE(claim.has_value());
    CHECK(claim->title == "trade receipt");
    CHECK(claim->proves.find("posted at height 6") != std::string::npos);
    CHECK(claim->proves.ends_with("the order ended SETTLED."));
    const Folder folder;
    Bytes content = vector_content(number_of(vector.at("byte_len")), number_of(vector.at("shift")));
    const auto data = folder.write("data", content);
    Progress progress;
    const Hash seed = array_of<32>(vector.at("seed"));
    CHECK(check_data(*claim, data, seed, progress).has_value());
    content.back() ^= 1;
    folder.write("data", content);
    CHECK(!check_data(*claim, data, seed, progress).has_value());
    content.push_back(0);
    folder.write("data", content);
    CHECK(!check_data(*claim, data, seed, progress).has_value());
}

TEST_CASE(
    "verify --certificate: a receipt of simulated data says so, another dataset's is refused") {
    Certificate certificate;
    market::OrderPublic order;
    order.id = market::OrderId(Hash{5});
    order.dataset = certificate.dataset.id;
    order.data_root = certificate.dataset.data_root;
    order.n = 4;
    order.t = {Hash{1}};
    const std::string receipt_file =
        certificate.prove(market::order_public_key(order.id), bcs::encode(order));
    const std::string certificate_file = certificate.file();
    const jbproof::Trusted trusted{ledger::chain_id(certificate.genesis), {}};
    Claim joined = test::must(read_claim(certificate_file, trusted));
    Claim receipt = test::must(read_claim(receipt_file, trusted));
    CHECK(!receipt.simulated);
    CHECK(join_certificate(receipt, joined).has_value());
    CHECK(receipt.simulated);
    Claim stranger = test::must(read_claim(receipt_file, trusted));
    joined.dataset->id.bytes[0] ^= 1;
    CHECK(join_certificate(stranger, joined).error().code == ErrorCode::verification_failed);
    CHECK(join_certificate(joined, receipt).error().code == ErrorCode::usage);
}

}  // namespace
}  // namespace jangbu::client
