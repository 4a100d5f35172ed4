// What followers and witnesses ask of a node: who may, what comes, and what is refused.
#include "market/state_keys.h"
#include "node/cosignatures.h"
#include "node/follow_stream.h"
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

const ApiWorld::Headers octets = {{"Content-Type", "application/octet-stream"}};

HttpAnswer post_cosignature(const ApiWorld& api, ByteView body,
                            const ApiWorld::Headers& headers = octets) {
    return api.call("POST", "/v1/cosignatures", as_text(body), headers);
}

}  // namespace

TEST_CASE("api: blocks in a row are read by validators and auditors only") {
    ApiWorld api;
    for (u64 i = 1; i <= 3; ++i) api.in.mint(api.in.world.buyer, i);
    const std::string path = "/v1/blocks?from=1";
    CHECK(api.get(path).status == 401);
    for (const Member* member : api.in.world.members()) {
        const auto record = ledger::find_organisation(api.in.node->head()->state, member->id);
        REQUIRE(record.has_value());
        const bool may = (record->roles & (ledger::role_validator | ledger::role_auditor)) != 0;
        CHECK_MESSAGE(api.get(path, api.pass(*member)).status == (may ? 200 : 403), member->name);
    }
    const ApiWorld::Headers pass = api.pass(api.in.world.node);
    const HttpAnswer answer = api.get(path, pass);
    REQUIRE(answer.status == 200);
    const auto stream = bcs::decode<node::FollowStream>(as_bytes(answer.body));
    REQUIRE(stream.has_value());
    REQUIRE(stream->blocks.size() == 3);
    CHECK(stream->head.header == api.in.node->head()->header);
    for (u64 height = 1; height <= 3; ++height) {
        const auto record = api.in.node->chain().blocks().block(height).value();
        CHECK(stream->blocks[height - 1].input == record.input);
        CHECK(stream->blocks[height - 1].header.finality == record.finality);
    }
    const HttpAnswer none = api.get("/v1/blocks?from=4", pass);
    REQUIRE(none.status == 200);
    CHECK(bcs::decode<node::FollowStream>(as_bytes(none.body))->blocks.empty());
    for (const char* wrong : {"/v1/blocks", "/v1/blocks?from=0", "/v1/blocks?from=-1",
                              "/v1/blocks?from=x", "/v1/blocks?from=99999999999999999999"})
        CHECK_MESSAGE(api.get(wrong, pass).status == 400, wrong);
}

TEST_CASE("api: a cosignature is posted, listed, and carried by proofs") {
    ApiWorld api;
    const Member& member = api.in.world.buyer;
    add_witness_key(api.in, member);
    const ledger::SnapshotPtr head = api.in.node->head();
    const std::string height = std::to_string(head->header.height);
    CHECK(api.get_json("/v1/cosignatures/" + height)["cosignatures"].empty());
    const std::string key = to_hex(market::account_key(member.id));
    CHECK(api.get("/v1/proofs/state?cosigned=1&key=" + key, api.pass(member)).status == 409);

    const crypto::SigningKey witness = crypto::SigningKey(witness_seed(member));
    const Bytes good = bcs::encode(node::cosign(witness, head->header.height, head->hash));
    CHECK(post_cosignature(api, good).status == 204);
    CHECK(post_cosignature(api, good).status == 204);
    const json list = api.get_json("/v1/cosignatures/" + height)["cosignatures"];
    REQUIRE(list.size() == 1);
    CHECK(list[0]["key"] == witness.public_key().hex());
    CHECK(api.get_json("/v1/status")["cosigned_height"] == height);
    CHECK(api.get_json("/v1/status")["following"].is_null());

    // Also when the ledger went on since.
    api.in.mint(member, 5);
    const std::string proof =
        api.get("/v1/proofs/state?cosigned=1&key=" + key, api.pass(member)).body;
    const auto verified =
        ledger::jbproof::verify(proof, {api.in.world.chain, {witness.public_key()}});
    REQUIRE(verified.has_value());
    CHECK(verified->level == "E1");
    CHECK(verified->header == head->header);
    CHECK(api.get("/v1/proofs/state?cosigned=2&key=" + key, api.pass(member)).status == 409);
    CHECK(api.get("/v1/proofs/state?cosigned=33&key=" + key, api.pass(member)).status == 400);
    // The tier is the same whatever head it is.
    CHECK(api.get("/v1/proofs/state?cosigned=1&key=" + key).status == 401);
}

TEST_CASE("api: cosignatures that do not hold are refused, each for its reason") {
    ApiWorld api;
    add_witness_key(api.in, api.in.world.buyer);
    const ledger::SnapshotPtr head = api.in.node->head();
    const u64 height = head->header.height;
    const crypto::SigningKey witness = crypto::SigningKey(witness_seed(api.in.world.buyer));
    const node::Cosignature good = node::cosign(witness, height, head->hash);
    const auto answer_to = [&](const node::Cosignature& cosignature) {
        return post_cosignature(api, bcs::encode(cosignature)).status;
    };
    node::Cosignature forged = good;
    forged.signature[3] ^= 1;
    CHECK(answer_to(forged) == 422);
    CHECK(answer_to(node::cosign(crypto::SigningKey(witness_seed(api.in.world.seller)), height,
                                 head->hash)) == 403);
    CHECK(answer_to(node::cosign(witness, height + 1, head->hash)) == 404);
    CHECK(answer_to(node::cosign(witness, height, ledger::HeaderHash(Hash{7}))) == 409);
    CHECK(post_cosignature(api, bcs::encode(good), {}).status == 415);
    Bytes shorter = bcs::encode(good);
    shorter.pop_back();
    CHECK(post_cosignature(api, shorter).status == 400);
    Bytes longer = bcs::encode(good);
    longer.push_back(0);
    CHECK(post_cosignature(api, longer).status == 413);
    Bytes other_version = bcs::encode(good);
    other_version[0] = 2;
    CHECK(post_cosignature(api, other_version).status == 400);
    CHECK(api.get_json("/v1/cosignatures/" + std::to_string(height))["cosignatures"].empty());
    CHECK(api.get("/v1/cosignatures/0").status == 400);
}
