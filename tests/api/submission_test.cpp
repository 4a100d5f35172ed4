// POST /v1/transactions: what is committed, what is refused, and by which number or problem code.
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

// The one transaction was refused before it entered a block: 422 and the number.
void check_refused(const ApiWorld& api, const HttpAnswer& answer, u16 code, const char* name) {
    CHECK_MESSAGE(answer.status == 422, name, " ", answer.body);
    const json item = ApiWorld::only(answer);
    CHECK(item["status"] == "refused");
    CHECK_MESSAGE(item["code"] == code, name, " ", item.dump());
    CHECK(item["rejection_name"] == name);
    CHECK(item["height"].is_null());
    const json later = api.get_json("/v1/transactions/" + item["txid"].get<std::string>());
    CHECK(later["status"] == "unknown");
}
// It was committed with a receipt that refuses.
void check_rejected(const HttpAnswer& answer, u16 code, const char* name) {
    CHECK_MESSAGE(answer.status == 200, name, " ", answer.body);
    const json item = ApiWorld::only(answer);
    CHECK(item["status"] == "committed");
    CHECK_MESSAGE(item["code"] == code, name, " ", item.dump());
    CHECK(item["rejection_name"] == name);
    CHECK(record_of<ledger::Receipt>(item["receipt"]).code == code);
    CHECK(item["events"] == json::array());
}

}  // namespace

TEST_CASE("api: a transaction is committed and its receipt waited for") {
    ApiWorld api;
    const ledger::Transaction mint = api.in.signed_by(
        api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 500));
    const HttpAnswer answer = api.post(mint);
    CHECK(answer.status == 200);
    const json item = ApiWorld::only(answer);
    CHECK(item["txid"] == api.in.id_of(mint).hex());
    CHECK(item["status"] == "committed");
    CHECK(item["height"] == "1");
    CHECK(item["index"] == 0);
    CHECK(item["code"] == 0);
    CHECK(item["rejection_name"].is_null());
    CHECK(item["promise"].is_null());
    const auto receipt = record_of<ledger::Receipt>(item["receipt"]);
    CHECK(std::get<TxId>(receipt.subject) == api.in.id_of(mint));
    REQUIRE(item["events"].size() == 2);
    std::set<std::string> types;
    for (const json& event : item["events"]) types.insert(event["type"]);
    CHECK(types == std::set<std::string>{"CreditsMinted", "MoneyMoved"});

    json found = api.get_json("/v1/transactions/" + api.in.id_of(mint).hex());
    CHECK(found["schema"] == "jangbu/transaction/1");
    found.erase("schema");
    CHECK(found == item);
}

TEST_CASE("api: without waiting the answer is 202 and the transaction is found later") {
    ApiWorld api;
    const ledger::Transaction mint = api.in.signed_by(
        api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 500));
    const HttpAnswer answer = api.post(ledger::encode(api.in.bundle({mint})), "");
    CHECK(answer.status == 202);
    CHECK(ApiWorld::only(answer)["status"] == "pending");
    const std::string path = "/v1/transactions/" + api.in.id_of(mint).hex();
    CHECK(api.get_json(path + "?wait_ms=20000")["status"] == "committed");
    CHECK(api.get_json(path)["status"] == "committed");
}

TEST_CASE("api: a wait that ends before the commit answers pending, for an unknown one unknown") {
    ApiWorld api;
    api.stop();
    api.in.config.block_linger_ms = 1'500;
    api.start();
    const ledger::Transaction mint = api.in.signed_by(
        api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 500));
    const std::string path = "/v1/transactions/" + api.in.id_of(mint).hex();
    CHECK(api.get_json(path)["status"] == "unknown");
    CHECK(api.post(ledger::encode(api.in.bundle({mint})), "").status == 202);
    CHECK(api.get_json(path)["status"] == "pending");
    CHECK(api.get_json("/v1/status")["pending"] == 1);
    CHECK(api.get_json(path + "?wait_ms=20000")["status"] == "committed");
}

TEST_CASE("api: the same transaction again is committed once") {
    ApiWorld api;
    const ledger::Transaction mint = api.in.signed_by(
        api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 500));
    const json first = ApiWorld::only(api.post(mint));
    const HttpAnswer again = api.post(mint);
    CHECK(again.status == 200);
    CHECK(ApiWorld::only(again) == first);
    CHECK(api.in.account(api.in.world.buyer).available == 500);
    CHECK(api.in.node->head()->header.height == 1);
}

// IdUsed (3) is for blocks: over HTTP a used id is an answer.
TEST_CASE("api: a used id is answered with what became of it, also by a node started anew") {
    ApiWorld api;
    const ledger::Transaction mint = api.in.signed_by(
        api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 500));
    const ledger::Transaction rejected =
        api.in.signed_by(api.in.world.buyer.transact, api.in.mint_operation(api.in.world.buyer, 5));
    const json first = ApiWorld::only(api.post(mint));
    const json refusal = ApiWorld::only(api.post(rejected));
    CHECK(refusal["code"] == 101);
    api.stop();
    api.start();
    const HttpAnswer again = api.post(mint);
    CHECK(again.status == 200);
    CHECK(ApiWorld::only(again) == first);
    CHECK(ApiWorld::only(api.post(rejected)) == refusal);
    // Beside a new one the used one is told apart, and nothing is executed twice.
    const ledger::Transaction next =
        api.in.signed_by(api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 7));
    const json both = api.post(ledger::encode(api.in.bundle({mint, next}))).as_json();
    CHECK(both["transactions"][0] == first);
    CHECK(both["transactions"][1]["code"] == 0);
    CHECK(api.in.account(api.in.world.buyer).available == 507);
}

// TooLarge (8) and NotYetActive (10) are for blocks of others: what they refuse does not decode.
TEST_CASE("api: an operation of a later stage, or larger than any, is 400 and refuses its bundle") {
    ApiWorld api;
    const crypto::SigningKey& agent = api.in.world.agent.transact;
    const ledger::Transaction good =
        api.in.signed_by(agent, api.in.mint_operation(api.in.world.buyer, 5));
    const auto check_malformed = [&](Bytes operation) {
        ledger::Transaction odd = good;
        odd.body.operation = std::move(operation);
        odd = ledger::sign(odd.body, api.in.world.chain, agent);
        const HttpAnswer answer = api.post(ledger::encode(ledger::Bundle{{good, odd}, {}}));
        CHECK(answer.status == 400);
        CHECK(answer.code() == "malformed");
    };
    check_malformed({200, 0, 0, 0});
    check_malformed(Bytes(ledger::limits::transaction_bytes_max + 1, 0));
    Bytes longer = good.body.operation;
    longer.resize(ledger::limits::transaction_bytes_max + 1);
    check_malformed(longer);
    CHECK(api.in.node->head()->header.height == 0);
    CHECK(api.get_json("/v1/transactions/" + api.in.id_of(good).hex())["status"] == "unknown");
}

TEST_CASE("api: a bundle of many is answered in its order, good and bad") {
    ApiWorld api;
    std::vector<ledger::Transaction> many;
    for (int i = 0; i < 300; ++i)
        many.push_back(api.in.signed_by(api.in.world.agent.transact,
                                        api.in.mint_operation(api.in.world.buyer, 1)));
    many[7].signature[3] ^= 1;
    const HttpAnswer answer = api.post(ledger::encode(api.in.bundle(many)));
    CHECK(answer.status == 200);
    const json items = answer.as_json()["transactions"];
    REQUIRE(items.size() == many.size());
    for (std::size_t i = 0; i < many.size(); ++i) {
        CHECK(items[i]["txid"] == api.in.id_of(many[i]).hex());
        CHECK(items[i]["status"] == (i == 7 ? "refused" : "committed"));
    }
    CHECK(items[7]["code"] == 7);
    CHECK(api.in.account(api.in.world.buyer).available == 299);
}

TEST_CASE("api: a transaction of another chain, or outside its window") {
    ApiWorld api;
    const crypto::SigningKey& agent = api.in.world.agent.transact;
    const auto operation = api.in.mint_operation(api.in.world.buyer, 5);
    ledger::Body body = api.in.body(agent, operation);
    body.chain[0] ^= 1;
    check_refused(api, api.post(ledger::sign(body, api.in.world.chain, agent)), 1, "WrongChain");
    // Another chain with the same first four bytes: the whole id is in what is signed.
    ledger::ChainId other = api.in.world.chain;
    other.bytes[31] ^= 1;
    check_refused(api, api.post(ledger::sign(api.in.body(agent, operation), other, agent)), 7,
                  "BadSignature");
    body = api.in.body(agent, operation);
    body.valid_from_ms += 3'600'000;
    check_refused(api, api.post(ledger::sign(body, api.in.world.chain, agent)), 2, "OutsideWindow");
    body.valid_from_ms = api.in.now_ms - 600'001;
    check_refused(api, api.post(ledger::sign(body, api.in.world.chain, agent)), 2, "OutsideWindow");
    body.valid_from_ms = api.in.now_ms;
    body.valid_for_ms = 3'600'001;  // longer than window_max
    check_refused(api, api.post(ledger::sign(body, api.in.world.chain, agent)), 2, "OutsideWindow");
}

TEST_CASE("api: an unknown key, a revoked key, a key of another purpose, a wrong signature") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    const Member stranger("stranger");
    const auto operation = api.in.mint_operation(api.in.world.buyer, 5);
    check_refused(api, api.post(api.in.signed_by(stranger.transact, operation)), 4, "UnknownKey");
    check_refused(api, api.post(api.in.signed_by(seller.deliver, operation)), 6, "WrongPurpose");
    REQUIRE(api.in.run(seller.transact, RevokeKey{seller.deliver_id}) == 0);
    check_refused(api, api.post(api.in.signed_by(seller.deliver, ConfirmOrder{})), 5,
                  "KeyNotValid");
    ledger::Transaction forged = api.in.signed_by(api.in.world.agent.transact, operation);
    forged.body.valid_for_ms -= 1;
    check_refused(api, api.post(forged), 7, "BadSignature");
}

TEST_CASE("api: a missing document, and one that is not what was named") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    const TestDataset dataset = make_dataset(api.in.world, seller, 5'000);
    REQUIRE(api.in.run(seller.transact, dataset.registration()) == 0);
    PublishListing listing = make_listing(api.in.world, dataset.id(), FixedPrice{10'000, 1});
    const ledger::Transaction publish = api.in.signed_by(seller.transact, listing);
    check_refused(api, api.post(ledger::encode(ledger::Bundle{{publish}, {}})), 9,
                  "DocumentMismatch");
    ledger::Bundle other = api.in.bundle({publish});
    other.documents[0].bytes.push_back('x');
    check_refused(api, api.post(ledger::encode(other)), 9, "DocumentMismatch");
    CHECK(ApiWorld::only(api.post(publish))["code"] == 0);
    listing.nonce = api.in.world.nonce();
    ++listing.description.length;
    check_refused(api, api.post(api.in.signed_by(seller.transact, listing)), 9, "DocumentMismatch");
}

TEST_CASE("api: what the market rejects is committed with its number") {
    ApiWorld api;
    const MarketWorld& world = api.in.world;
    const Offer offer = api.offer(world.seller, {{"title", "a"}}, 10'000);
    TestTrade trade(api.in.world, world.seller, world.buyer, offer);
    check_rejected(api.post(api.in.signed_by(world.buyer.transact, trade.place)), 108,
                   "InsufficientCredits");
    api.in.mint(world.buyer, 100'000);
    PlaceOrder wrong = trade.place;
    wrong.supply += 1;
    check_rejected(api.post(api.in.signed_by(world.buyer.transact, wrong)), 152, "PriceChanged");
    REQUIRE(api.in.run(world.buyer.transact, trade.place) == 0);
    trade.encrypt();
    check_rejected(api.post(api.in.signed_by(world.buyer.deliver, trade.lock())), 102,
                   "WrongState");
    check_rejected(api.post(api.in.signed_by(world.outsider.deliver, trade.accept())), 101,
                   "NotAllowed");
    RegisterDataset odd = make_dataset(api.in.world, world.seller, 100).registration();
    odd.chunk_size = 4'097;
    check_rejected(api.post(api.in.signed_by(world.seller.transact, odd)), 140, "BadChunking");
    check_rejected(
        api.post(api.in.signed_by(world.agent.transact, api.in.mint_operation(world.buyer, 0))),
        107, "BadAmount");
    check_rejected(
        api.post(api.in.signed_by(world.buyer.transact, api.in.mint_operation(world.buyer, 5))),
        101, "NotAllowed");
}

TEST_CASE("api: PostKey is answered with a promise signed by the validator") {
    ApiWorld api;
    NodeTrade trade(api.in);
    trade.to(OrderState::locked);
    const ledger::Transaction post =
        api.in.signed_by(api.in.world.seller.deliver, trade.trade->post_key());
    const json item = ApiWorld::only(api.post(post));
    CHECK(item["status"] == "committed");
    const auto promise = record_of<Promise>(item["promise"]);
    CHECK(promise.txid == api.in.id_of(post));
    CHECK(promise.chain_id == api.in.world.chain);
    const auto signature = from_base64url(item["promise_signature"].get<std::string>());
    REQUIRE(signature.has_value());
    REQUIRE(signature->size() == 64);
    crypto::Signature bytes{};
    std::copy(signature->begin(), signature->end(), bytes.begin());
    CHECK(crypto::verify(api.in.node->validator(), crypto::domain::promise, promise_hash(promise),
                         bytes));
}

TEST_CASE("api: bodies that are no bundle are 400, too large ones 413, other types 415") {
    ApiWorld api;
    const ledger::Transaction mint =
        api.in.signed_by(api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 5));
    const Bytes good = ledger::encode(api.in.bundle({mint}));
    for (std::size_t size = 0; size < good.size(); size += 7)
        CHECK(api.post(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)))
                  .status == 400);
    Bytes trailing = good;
    trailing.push_back(0);
    CHECK(api.post(trailing).code() == "malformed");
    CHECK(api.post(ledger::encode(ledger::Bundle{})).code() == "malformed");
    CHECK(api.post(Bytes(512 * 1024, 0)).status == 400);
    const HttpAnswer large = api.post(Bytes(512 * 1024 + 1, 0));
    CHECK(large.status == 413);
    CHECK(large.code() == "limit_exceeded");
    for (const char* type : {"application/json", "application/octet-stream; x=1", ""}) {
        const HttpAnswer answer =
            api.call("POST", "/v1/transactions", as_text(good), {{"Content-Type", type}});
        CHECK(answer.status == 415);
        CHECK(answer.code() == "unsupported_media_type");
    }
    for (const char* query : {"?wait_ms=30001", "?wait_ms=-1", "?wait_ms=x", "?wait_ms=1.5"})
        CHECK_MESSAGE(api.post(good, query).status == 400, query);
    CHECK(api.in.node->head()->header.height == 0);
}

TEST_CASE("api: writers and readers at once, and every credit is there") {
    ApiWorld api;
    const Member& buyer = api.in.world.buyer;
    std::vector<Bytes> bundles;
    for (int i = 0; i < 80; ++i)
        bundles.push_back(ledger::encode(api.in.bundle(
            {api.in.signed_by(api.in.world.agent.transact, api.in.mint_operation(buyer, 1))})));
    const auto pass = api.pass(buyer);
    std::atomic<int> committed{0};
    std::atomic<int> failed{0};
    {
        std::vector<std::jthread> clients;
        for (std::size_t writer = 0; writer < 4; ++writer)
            clients.emplace_back([&, writer] {
                for (std::size_t i = writer; i < bundles.size(); i += 4)
                    (api.post(bundles[i]).status == 200 ? committed : failed) += 1;
            });
        for (const std::string path : {"/v1/listings?q=a", "/metrics", "/v1/head"})
            clients.emplace_back([&, path] {
                for (int i = 0; i < 40; ++i) failed += api.get(path).status != 200;
            });
        clients.emplace_back([&] {
            u64 seen = 0;
            const std::string path = "/v1/accounts/" + buyer.id.hex();
            for (int i = 0; i < 40; ++i) {
                const HttpAnswer answer = api.get(path, pass);
                const json body = json::parse(answer.body, nullptr, false);
                const std::string credits = body.is_object() ? body.value("available", "") : "";
                const u64 now = credits.empty() ? 0 : std::stoull(credits);
                failed += answer.status != 200 || now < seen;  // never backwards
                seen = now;
            }
        });
    }
    CHECK(failed == 0);
    CHECK(committed == 80);
    CHECK(api.in.account(buyer).available == 80);
}
