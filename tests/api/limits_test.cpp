// What readers and members are told by a node that pruned a document, or is at its memory limit.
#include <doctest/doctest.h>

#include "node/document_retention.h"
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

TEST_CASE("pruned document: 410 and why, while its neighbours are read") {
    ApiWorld world;
    NodeWorld& in = world.in;
    world.stop();
    in.config.accept_clock = true;
    world.start();
    TestDataset dataset = make_dataset(in.world, in.world.seller, 5'000);
    RegisterDataset registration = dataset.registration();
    registration.profile =
        in.world.documents.text("who measured", ledger::DocumentClass::personal);
    registration.description = in.world.documents.text("what was measured");
    REQUIRE(in.run(in.world.seller.transact, registration) == 0);
    const std::string profile = "/v1/documents/" + registration.profile->hash.hex();
    const std::string description = "/v1/documents/" + registration.description->hash.hex();
    CHECK(world.get(profile).status == 401);
    CHECK(world.get(profile, world.pass(in.world.seller)).status == 200);

    in.reach(2, in.now_ms + 400 * market::day_ms);
    const node::DocumentPlan plan =
        node::plan_documents(in.node->chain(), in.world.rules, {}).value();
    REQUIRE(plan.due.size() == 1);
    in.node->prune_documents(plan.due);
    for (int i = 0; i < 1'000 && in.node->prunes_waiting() > 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const HttpAnswer gone = world.get(profile, world.pass(in.world.seller));
    CHECK(gone.status == 410);
    CHECK(gone.code() == "pruned");
    CHECK(gone.body.find("class (personal)") != std::string::npos);
    CHECK(gone.body.find("block that names it is 1") != std::string::npos);
    CHECK(world.get(description).status == 200);
    CHECK(world.get("/v1/documents/" + std::string(64, 'a')).status == 404);
    const json record = world.get_json("/v1/datasets/" + dataset.id().hex());
    CHECK(record.dump().find(registration.profile->hash.hex()) != std::string::npos);
}

TEST_CASE("memory limit: transactions get 503 and when to come back, reads go on") {
    ApiWorld world;
    NodeWorld& in = world.in;
    in.mint(in.world.buyer, 1);
    CHECK(world.get_json("/v1/status")["memory"]["level"] == "fine");
    world.stop();
    in.config.memory_limit_mib = 1;
    world.start();
    const auto refused = world.post(
        in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 2)));
    CHECK(refused.status == 503);
    CHECK(refused.code() == "memory_limit");
    CHECK(refused.header("retry-after") == "10");
    CHECK(in.node->pending() == 0);
    const json status = world.get_json("/v1/status");
    CHECK(status["memory"]["level"] == "full");
    CHECK(status["memory"]["limit_bytes"] == std::to_string(1 << 20));
    CHECK(status["height"] == "1");
    const HttpAnswer ready = world.get("/readyz");
    CHECK(ready.status == 503);
    CHECK(ready.body.find("memory limit") != std::string::npos);
    CHECK(world.get("/livez").status == 200);
    const std::string metrics = world.get("/metrics").body;
    CHECK(metrics.find("jangbu_memory_limit_bytes 1048576") != std::string::npos);
    CHECK(metrics.find("jangbu_memory_bytes ") != std::string::npos);
    CHECK(metrics.find("jangbu_used_ids 1") != std::string::npos);
}
