// What the ledger answers to readers, with every proof checked by the verifier of jbproof.
#include "ledger/jbproof.h"
#include "market/state_keys.h"
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;
namespace jbproof = ledger::jbproof;

namespace {

jbproof::Verified verified(const ApiWorld& api, const HttpAnswer& answer) {
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(answer.header("content-type") == "application/json");
    auto result = jbproof::verify(answer.body, {api.in.world.chain, {}});
    REQUIRE_MESSAGE(result.has_value(), result.error().detail);
    CHECK(result->level == "E0");
    return *result;
}

}  // namespace

TEST_CASE("api: status and head tell what the node has committed") {
    ApiWorld api;
    CHECK(api.get_json("/v1/status")["height"] == "0");
    api.in.mint(api.in.world.buyer, 5);
    const ledger::SnapshotPtr head = api.in.node->head();
    const json status = api.get_json("/v1/status");
    CHECK(status["schema"] == "jangbu/status/1");
    CHECK(status["chain_id"] == api.in.world.chain.hex());
    CHECK(status["name"] == "test");
    CHECK(status["height"] == "1");
    CHECK(status["base_height"] == "0");
    CHECK(status["header_hash"] == head->hash.hex());
    CHECK(status["protocol_version"] == 1);
    CHECK(status["operator_org"] == api.in.world.node.id.hex());
    CHECK(status["validator"] == api.in.node->validator().hex());
    CHECK(status["pending"] == 0);

    const json answer = api.get_json("/v1/head");
    const auto header = record_of<ledger::Header>(answer["header"]);
    CHECK(header == head->header);
    CHECK(answer["header_hash"] == ledger::header_hash(header).hex());
    CHECK(answer["finality"]["key"] == head->finality.key.hex());
    CHECK(answer["finality"]["signature"] == to_base64url(head->finality.signature));
}

TEST_CASE("api: headers by height, from genesis to the head and not above") {
    ApiWorld api;
    for (u64 i = 1; i <= 3; ++i) api.in.mint(api.in.world.buyer, i);
    ledger::HeaderHash parent;
    for (u64 height = 0; height <= 3; ++height) {
        const json answer = api.get_json("/v1/headers/" + std::to_string(height));
        const auto header = record_of<ledger::Header>(answer["header"]);
        CHECK(header.height == height);
        if (height > 0) CHECK(header.parent == parent);
        parent = ledger::header_hash(header);
        CHECK(answer["header_hash"] == parent.hex());
    }
    CHECK(api.get("/v1/headers/4").status == 404);
    for (const char* wrong : {"-1", "x", "1x", "0x1", "18446744073709551616", "%201"})
        CHECK_MESSAGE(api.get(std::string("/v1/headers/") + wrong).status == 400, wrong);
}

TEST_CASE("api: the genesis file comes byte for byte") {
    ApiWorld api;
    const HttpAnswer answer = api.get("/v1/genesis");
    CHECK(answer.status == 200);
    CHECK(answer.header("content-type") == "application/octet-stream");
    const auto genesis = ledger::decode_genesis_file(as_bytes(answer.body));
    REQUIRE(genesis.has_value());
    CHECK(ledger::chain_id(genesis->genesis) == api.in.world.chain);
}

TEST_CASE("api: a consistency proof leads from an older header to the head") {
    ApiWorld api;
    for (u64 i = 1; i <= 5; ++i) api.in.mint(api.in.world.buyer, i);
    for (u64 from = 0; from < 5; ++from) {
        const auto proof =
            verified(api, api.get("/v1/proofs/consistency?from=" + std::to_string(from)));
        CHECK(proof.kind == jbproof::Kind::consistency);
        CHECK(proof.older_header.height == from);
        CHECK(proof.header_hash == api.in.node->head()->hash);
    }
    const HttpAnswer head = api.get("/v1/proofs/consistency?from=5");
    CHECK(head.status == 409);
    CHECK(head.code() == "conflict");
    CHECK(api.get("/v1/proofs/consistency?from=6").status == 404);
    CHECK(api.get("/v1/proofs/consistency").status == 400);
    CHECK(api.get("/v1/proofs/consistency?from=").status == 400);
}

TEST_CASE("api: a history proof of any earlier header") {
    ApiWorld api;
    CHECK(api.get("/v1/proofs/history?height=0").status == 409);
    for (u64 i = 1; i <= 4; ++i) api.in.mint(api.in.world.buyer, i);
    for (u64 height = 0; height < 4; ++height) {
        const auto proof =
            verified(api, api.get("/v1/proofs/history?height=" + std::to_string(height)));
        CHECK(proof.kind == jbproof::Kind::history);
        CHECK(proof.older_header.height == height);
    }
    CHECK(api.get("/v1/proofs/history?height=4").status == 400);
    CHECK(api.get("/v1/proofs/history").status == 400);
}

TEST_CASE("api: proofs of state and of absence") {
    ApiWorld api;
    CHECK(api.get("/v1/proofs/state?key=01").status == 409);  // no signed head yet
    const Offer offer = api.offer(api.in.world.seller, {{"title", "a"}});
    const StateKey key = dataset_key(offer.dataset.id());
    const auto present = verified(api, api.get("/v1/proofs/state?key=" + to_hex(key)));
    CHECK(present.kind == jbproof::Kind::state);
    CHECK(present.state_key == key);
    const auto dataset = bcs::decode<Dataset>(present.value);
    REQUIRE(dataset.has_value());
    CHECK(dataset->data_root == offer.dataset.root);

    const StateKey none = dataset_key(DatasetId(named_hash("no dataset")));
    const auto absent = verified(api, api.get("/v1/proofs/state?key=" + to_hex(none)));
    CHECK(absent.kind == jbproof::Kind::absence);
    CHECK(absent.state_key == none);
    for (const std::string wrong : {"", "0", "zz", "AB"})
        CHECK_MESSAGE(api.get("/v1/proofs/state?key=" + wrong).status == 400, wrong);
    CHECK(api.get("/v1/proofs/state?key=" + std::string(514, 'a')).status == 400);
}

TEST_CASE("api: proofs of a transaction and of its receipt, each in the header of its block") {
    ApiWorld api;
    const ledger::Transaction mint = api.in.signed_by(
        api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 500));
    // A receipt that refuses is proven as well: nobody but the agent mints.
    const ledger::Transaction refused = api.in.signed_by(
        api.in.world.seller.transact, api.in.mint_operation(api.in.world.seller, 500));
    REQUIRE(api.post(ledger::encode(api.in.bundle({mint, refused}))).status == 200);
    api.in.mint(api.in.world.buyer, 1);
    for (const ledger::Transaction* transaction : {&mint, &refused}) {
        const TxId id = api.in.id_of(*transaction);
        const auto proof = verified(api, api.get("/v1/proofs/transaction/" + id.hex()));
        CHECK(proof.kind == jbproof::Kind::transaction);
        CHECK(proof.txid == id);
        CHECK(proof.signature == transaction->signature);
        const auto receipt = verified(api, api.get("/v1/proofs/receipt/" + id.hex()));
        CHECK(receipt.kind == jbproof::Kind::receipt);
        CHECK(std::get<TxId>(receipt.receipt.subject) == id);
        CHECK(receipt.receipt.code == (transaction == &mint ? 0 : 101));  // NotAllowed
    }
    const std::string stranger = TxId(named_hash("none")).hex();
    CHECK(api.get("/v1/proofs/transaction/" + stranger).status == 404);
    CHECK(api.get("/v1/proofs/receipt/" + stranger).status == 404);
    CHECK(api.get("/v1/proofs/receipt/abc").status == 400);
}

TEST_CASE("api: the receipt of a transaction is proven in a block that also expires orders") {
    ApiWorld api;
    NodeTrade trade(api.in);
    trade.to(OrderState::placed);
    // The accept window is 72 h of market time, which counts gaps between blocks up to 5 min.
    for (int i = 0; i < 1'000 && trade.order().state == OrderState::placed; ++i) {
        api.in.now_ms += 290'000;
        api.in.mint(api.in.world.buyer, 1);
    }
    REQUIRE(trade.order().closed_height > 0);
    const u64 height = trade.order().closed_height;
    const auto at = api.in.node->chain().blocks().block(height).value();
    REQUIRE(at.header.receipt_count > at.header.tx_count);
    const MarketRules rules;
    const auto input = ledger::decode_block_input(at.input, rules).value();
    for (const ledger::Transaction& transaction : input.transactions) {
        const TxId id = api.in.id_of(transaction);
        const auto receipt = verified(api, api.get("/v1/proofs/receipt/" + id.hex()));
        CHECK(std::get<TxId>(receipt.receipt.subject) == id);
        CHECK(receipt.header.height == height);
    }
}

TEST_CASE("api: organisations with their keys, the revoked ones too") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    REQUIRE(api.in.run(seller.transact, RevokeKey{seller.deliver_id}) == 0);
    const json answer = api.get_json("/v1/organisations/" + seller.id.hex());
    CHECK(record_of<ledger::Organisation>(answer["record"]).id == seller.id);
    CHECK(answer["at"]["height"] == "1");
    CHECK(answer["at"]["header_hash"] == api.in.node->head()->hash.hex());
    REQUIRE(answer["keys"].size() == 3);
    std::size_t revoked = 0;
    for (const json& item : answer["keys"]) {
        const auto key = record_of<ledger::Key>(item["record"]);
        CHECK(key.org == seller.id);
        const KeyId id = ledger::key_id(seller.id, static_cast<crypto::KeyKind>(key.kind),
                                        static_cast<Purpose>(key.purpose), key.bytes);
        CHECK(item["key_id"] == id.hex());
        if (!key.revoked_at_height) continue;
        ++revoked;
        CHECK(item["key_id"] == seller.deliver_id.hex());
        CHECK(api.get_json("/v1/keys/" + seller.deliver_id.hex())["record"] == item["record"]);
    }
    CHECK(revoked == 1);
    CHECK(api.get("/v1/organisations/" + OrgId(named_hash("x")).hex()).status == 404);
    CHECK(api.get("/v1/keys/" + KeyId(named_hash("x")).hex()).status == 404);
    CHECK(api.get("/v1/keys/12").status == 400);
}

TEST_CASE("api: the parameters, with the bounds of docs/formats.md section 10") {
    ApiWorld api;
    std::map<std::string, std::array<std::string, 3>> found;
    const json answer = api.get_json("/v1/parameters");
    for (const json& one : answer["parameters"])
        found[one["name"]] = {one["value"], one["min"], one["max"]};
    CHECK(found.at("window_max_ms") == std::array<std::string, 3>{"3600000", "600000", "86400000"});
    CHECK(found.at("fee_bps") == std::array<std::string, 3>{"100", "0", "500"});
    CHECK(answer["treasury"] == api.in.world.node.id.hex());
}

TEST_CASE("api: wrong methods are 405 with Allow, unknown paths 404, HEAD answers without a body") {
    ApiWorld api;
    const HttpAnswer wrong = api.call("DELETE", "/v1/status");
    CHECK(wrong.status == 405);
    CHECK(wrong.code() == "method_not_allowed");
    CHECK(wrong.header("allow") == "GET, HEAD");
    CHECK(wrong.header("content-type") == "application/problem+json");
    CHECK(api.get("/v1/transactions").header("allow") == "POST");
    CHECK(api.call("POST", "/v1/samples/x").header("allow") == "PUT, GET, HEAD");
    CHECK(api.get("/v1/none").code() == "not_found");
    // With a body too: what is wrong is the method, not the size.
    const HttpAnswer with_body = api.call("DELETE", "/v1/transactions", "abc");
    CHECK(with_body.status == 405);
    CHECK(with_body.header("allow") == "POST");
    CHECK(api.call("POST", "/v1/none", "abc").status == 404);
    CHECK(api.call("GET", "/v1/status", "abc").status == 413);
    CHECK(api.get("/").status == 404);
    const HttpAnswer head = api.call("HEAD", "/v1/status");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(head.header("content-length") == std::to_string(api.get("/v1/status").body.size()));
    CHECK(api.call("HEAD", "/v1/none").status == 404);
}

TEST_CASE("api: health and metrics") {
    ApiWorld api;
    CHECK(api.get("/livez").body == "ok\n");
    CHECK(api.get("/readyz").status == 200);
    api.in.mint(api.in.world.buyer, 5);
    api.get("/v1/headers/99");
    const HttpAnswer metrics = api.get("/metrics");
    CHECK(metrics.header("content-type").starts_with("text/plain"));
    const std::string& text = metrics.body;
    CHECK(text.find("jangbu_ledger_height 1\n") != std::string::npos);
    CHECK(text.find("jangbu_mempool_transactions 0\n") != std::string::npos);
    CHECK(text.find("jangbu_transactions_total{result=\"ok\"} 1\n") != std::string::npos);
    CHECK(text.find("jangbu_http_requests_total{method=\"GET\",route=\"/v1/headers/{}\","
                    "status=\"404\"} 1\n") != std::string::npos);
    CHECK(text.find("jangbu_http_request_duration_seconds_count{route=\"/livez\"} 1\n") !=
          std::string::npos);
}

TEST_CASE("api: metrics tell where signatures were verified, in batches of which size") {
    ApiWorld api;
    api.in.mint(api.in.world.buyer, 5);
    std::vector<ledger::Transaction> transactions;
    for (u64 i = 1; i <= 3; ++i)
        transactions.push_back(api.in.signed_by(api.in.world.agent.transact,
                                                api.in.mint_operation(api.in.world.buyer, i)));
    transactions[1].signature[2] ^= 1;
    const auto answers = api.in.node->submit(api.in.bundle(transactions));
    for (const std::size_t i : {0u, 2u}) REQUIRE(api.in.wait(answers[i].id).has_value());
    const std::string text = api.get("/metrics").body;
    const auto shows = [&](const std::string& line) {
        CHECK_MESSAGE(text.find(line + "\n") != std::string::npos, line);
    };
    shows("# TYPE jangbu_signatures_verified_total counter");
    shows("jangbu_signatures_verified_total{at=\"admission\",verdict=\"good\"} 3");
    shows("jangbu_signatures_verified_total{at=\"admission\",verdict=\"bad\"} 1");
    shows("jangbu_signatures_verified_total{at=\"proposal\",verdict=\"good\"} 0");
    shows("jangbu_signature_cache_hits_total{at=\"proposal\"} 3");
    shows("jangbu_signature_cache_hits_total{at=\"execution\"} 3");
    shows("jangbu_block_signatures_ahead_ratio 1");
    shows("# TYPE jangbu_admission_batch_signatures histogram");
    shows("jangbu_admission_batch_signatures_count 2");
    shows("jangbu_admission_batch_signatures_sum 4");
    shows("jangbu_admission_batch_signatures_bucket{le=\"1\"} 1");
    shows("jangbu_admission_batch_signatures_bucket{le=\"2\"} 1");
    shows("jangbu_admission_batch_signatures_bucket{le=\"4\"} 2");
    shows("jangbu_admission_batch_signatures_bucket{le=\"+Inf\"} 2");
    shows("jangbu_verification_keys 17");
    shows("jangbu_verification_verdicts 3");
}

TEST_CASE("api: a node that has stopped is alive and not ready") {
    ApiWorld api;
    api.in.node->stop();
    CHECK(api.get("/livez").status == 200);
    const HttpAnswer answer = api.post(api.in.signed_by(
        api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 5)));
    CHECK(answer.status == 422);
    CHECK(ApiWorld::only(answer)["problem"] == "unavailable");
}
