// Idempotency-Key of POST /v1/transactions.
#include "api/idempotency_keys.h"
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;
using api::IdempotencyKeys;
using Claim = api::IdempotencyKeys::Claim;

namespace {

HttpAnswer post(const ApiWorld& api, const ledger::Transaction& transaction,
                const std::string& key) {
    const Bytes bundle = ledger::encode(api.in.bundle({transaction}));
    return api.call("POST", "/v1/transactions?wait_ms=20000", as_text(bundle),
                    {{"Content-Type", "application/octet-stream"}, {"Idempotency-Key", key}});
}

ledger::PublicKey author(u8 n) {
    ledger::PublicKey key;
    key.bytes[0] = n;
    return key;
}

}  // namespace

TEST_CASE("api: a key with the same bundle gives the same answer, with another one 422") {
    ApiWorld api;
    const auto mint = [&](u64 won) {
        return api.in.signed_by(api.in.world.agent.transact,
                                api.in.mint_operation(api.in.world.buyer, won));
    };
    const ledger::Transaction payment = mint(500);
    const HttpAnswer first = post(api, payment, "\"payment 1\"");
    REQUIRE(first.status == 200);
    const HttpAnswer again = post(api, payment, "\"payment 1\"");
    CHECK(again.status == 200);
    CHECK(again.body == first.body);
    // Made anew: another salt, so another id. Nothing of it is executed.
    const HttpAnswer other = post(api, mint(500), "\"payment 1\"");
    CHECK(other.status == 422);
    CHECK(other.code() == "idempotency_key_reused");
    CHECK(other.header("content-type") == "application/problem+json");
    const json contract = api.get_json("/v1/openapi.json")["paths"]["/v1/transactions"]["post"];
    CHECK(contract["responses"]["422"]["content"].contains("application/problem+json"));
    CHECK(api.in.account(api.in.world.buyer).available == 500);
    CHECK(post(api, mint(500), "\"payment 2\"").status == 200);
    CHECK(api.in.account(api.in.world.buyer).available == 1'000);
    // Without a key nothing is asked.
    CHECK(api.post(payment).status == 200);
}

TEST_CASE("api: a key belongs to its author, and is free again when all was refused") {
    ApiWorld api;
    const auto& world = api.in.world;
    ledger::Transaction bad =
        api.in.signed_by(world.agent.transact, api.in.mint_operation(world.buyer, 500));
    bad.signature[3] ^= 1;
    CHECK(post(api, bad, "\"k\"").status == 422);
    const ledger::Transaction good =
        api.in.signed_by(world.agent.transact, api.in.mint_operation(world.buyer, 500));
    CHECK(post(api, good, "\"k\"").status == 200);
    const Offer offer = api.offer(world.seller, {{"title", "a"}});
    const ledger::Transaction of_seller =
        api.in.signed_by(world.seller.transact,
                         make_listing(api.in.world, offer.dataset.id(), FixedPrice{10'000, 1}));
    CHECK(post(api, of_seller, "\"k\"").code() != "idempotency_key_reused");
    CHECK(post(api, bad, "\"k\"").code() == "idempotency_key_reused");
}

TEST_CASE("api: a key is one string in double quotes") {
    ApiWorld api;
    const ledger::Transaction mint = api.in.signed_by(
        api.in.world.agent.transact, api.in.mint_operation(api.in.world.buyer, 500));
    for (const std::string& key :
         {std::string("abc"), std::string("\""), std::string("\"\""), std::string("\"a"),
          std::string("\"a\";b"), std::string("\"a\", \"b\""), std::string("\"a\\b\""),
          std::string("\"a\\\""), std::string(), "\"" + std::string(129, 'a') + "\""}) {
        const HttpAnswer answer = post(api, mint, key);
        CHECK_MESSAGE(answer.status == 400, key);
        CHECK_MESSAGE(answer.code() == "malformed", key);
    }
    CHECK(api.in.node->head()->header.height == 0);
    CHECK(api::read_idempotency_key("\"a\\\"\\\\b\"").value() == "a\"\\b");
    CHECK(post(api, mint, "\"" + std::string(128, 'a') + "\"").status == 200);
}

TEST_CASE("api: keys are forgotten after a day, and the oldest when there are too many") {
    const Bytes one = to_bytes(as_bytes("one"));
    const Bytes two = to_bytes(as_bytes("two"));
    IdempotencyKeys keys(3);
    CHECK(keys.claim(author(1), "a", one, 1'000) == Claim::fresh);
    CHECK(keys.claim(author(1), "a", one, 1'001) == Claim::same_body);
    CHECK(keys.claim(author(1), "a", two, 1'001) == Claim::other_body);
    CHECK(keys.claim(author(2), "a", two, 1'001) == Claim::fresh);
    const u64 next_day = 1'000 + IdempotencyKeys::life_ms;
    CHECK(keys.claim(author(1), "a", two, next_day - 1) == Claim::other_body);
    CHECK(keys.claim(author(1), "a", two, next_day) == Claim::fresh);
    // Three at most: the oldest goes.
    CHECK(keys.claim(author(1), "b", one, next_day) == Claim::fresh);
    CHECK(keys.claim(author(1), "c", one, next_day) == Claim::fresh);
    CHECK(keys.claim(author(1), "d", one, next_day) == Claim::fresh);
    CHECK(keys.claim(author(1), "b", two, next_day) == Claim::other_body);
    CHECK(keys.claim(author(1), "a", one, next_day) == Claim::fresh);
    // A released one is free, and its place is not counted twice.
    keys.release(author(1), "d");
    CHECK(keys.claim(author(1), "d", two, next_day) == Claim::fresh);
    CHECK(keys.claim(author(1), "a", two, next_day) == Claim::other_body);
}
