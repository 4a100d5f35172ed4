// Entity tags, 304 and Cache-Control, over the real server.
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

HttpAnswer again(const ApiWorld& api, const std::string& path, const std::string& tags,
                 ApiWorld::Headers headers = {}) {
    headers.emplace_back("If-None-Match", tags);
    return api.get(path, headers);
}

}  // namespace

TEST_CASE("api: who has the bytes is told so, until they change") {
    ApiWorld api;
    const HttpAnswer first = api.get("/v1/status");
    const std::string tag = first.header("etag");
    REQUIRE(tag.size() == 24);
    CHECK(tag.front() == '"');
    CHECK(tag.back() == '"');
    CHECK(first.header("cache-control") == "no-cache");
    for (const std::string& tags :
         {tag, "W/" + tag, "\"x\", " + tag, tag + " ,\"y\"", std::string("*")}) {
        const HttpAnswer answer = again(api, "/v1/status", tags);
        CHECK_MESSAGE(answer.status == 304, tags);
        CHECK(answer.body.empty());
        CHECK(answer.header("etag") == tag);
        CHECK(answer.header("cache-control") == "no-cache");
        CHECK(answer.header("content-length").empty());
    }
    for (const std::string& tags : {std::string("\"x\""), tag.substr(1), std::string("W/"),
                                    std::string(",,"), std::string("\"")})
        CHECK_MESSAGE(again(api, "/v1/status", tags).status == 200, tags);
    api.in.mint(api.in.world.buyer, 5);
    const HttpAnswer changed = again(api, "/v1/status", tag);
    CHECK(changed.status == 200);
    CHECK(changed.header("etag") != tag);
    CHECK(changed.as_json()["height"] == "1");
}

TEST_CASE("api: a connection goes on behind a 304, and HEAD has the tag of GET") {
    ApiWorld api;
    const std::string tag = api.get("/v1/head").header("etag");
    RawConnection connection(api.server->port());
    const std::string get = "GET /v1/head HTTP/1.1\r\nHost: x\r\n";
    REQUIRE(connection.send(get + "If-None-Match: " + tag + "\r\n\r\n"));
    CHECK(connection.read_answer().starts_with("HTTP/1.1 304 "));
    REQUIRE(connection.send(get + "\r\n"));
    const HttpAnswer whole = read_http_answer(connection.read_answer());
    CHECK(whole.status == 200);
    CHECK(whole.header("etag") == tag);
    CHECK(api.call("HEAD", "/v1/head").header("etag") == tag);
    CHECK(api.call("HEAD", "/v1/head", {}, {{"If-None-Match", tag}}).status == 304);
}

TEST_CASE("api: what a height or a hash names is kept for ever, a problem never") {
    ApiWorld api;
    const Offer offer = api.offer(api.in.world.seller, {{"title", "a"}});
    const json listing = api.get_json("/v1/listings/" + offer.listing.hex());
    const std::string document =
        "/v1/documents/" + listing["description"]["hash"].get<std::string>();
    for (const std::string& path : {std::string("/v1/headers/1"), document}) {
        const HttpAnswer answer = api.get(path);
        CHECK_MESSAGE(answer.header("cache-control") == "public, max-age=31536000, immutable",
                      path);
        api.in.mint(api.in.world.buyer, 5);
        CHECK_MESSAGE(again(api, path, answer.header("etag")).status == 304, path);
    }
    const HttpAnswer absent = again(api, "/v1/headers/99", "*");
    CHECK(absent.status == 404);
    CHECK(absent.header("cache-control") == "no-store");
    CHECK(absent.header("etag").empty());
}

TEST_CASE("api: two formats of one dataset have two tags, and caches are told what chose") {
    ApiWorld api;
    const Offer offer = api.offer(api.in.world.seller, {{"title", "a"}});
    const std::string path = "/v1/datasets/" + offer.dataset.id().hex();
    const HttpAnswer record = api.get(path);
    const HttpAnswer dcat = api.get(path, {{"Accept", "application/ld+json"}});
    CHECK(record.header("etag") != dcat.header("etag"));
    CHECK(record.header("vary") == "Accept");
    CHECK(again(api, path, record.header("etag"), {{"Accept", "application/ld+json"}}).status ==
          200);
    const HttpAnswer same =
        again(api, path, dcat.header("etag"), {{"Accept", "application/ld+json"}});
    CHECK(same.status == 304);
    CHECK(same.header("vary") == "Accept");
}

TEST_CASE("api: what parties read is kept by nobody") {
    ApiWorld api;
    NodeTrade trade(api.in);
    trade.to(OrderState::placed);
    const Member& buyer = api.in.world.buyer;
    const auto kept_by_nobody = [&](const std::string& path, const Member& reader) {
        ApiWorld::Headers headers = api.pass(reader);
        headers.emplace_back("If-None-Match", "*");
        const HttpAnswer answer = api.get(path, headers);
        CHECK_MESSAGE(answer.status == 200, path);
        CHECK_MESSAGE(answer.header("cache-control") == "no-store", path);
        CHECK_MESSAGE(answer.header("etag").empty(), path);
    };
    kept_by_nobody("/v1/accounts/" + buyer.id.hex(), buyer);
    kept_by_nobody("/v1/orders?role=buyer", buyer);
    kept_by_nobody("/v1/orders/" + trade.trade->id.hex(), buyer);
    kept_by_nobody("/v1/vouchers", buyer);
    kept_by_nobody("/v1/blocks/1", api.in.world.node);
    kept_by_nobody("/v1/blocks?from=1", api.in.world.node);
    kept_by_nobody("/v1/proofs/state?key=" + to_hex(account_key(buyer.id)), buyer);
    CHECK(api.get("/v1/proofs/state?key=" + to_hex(order_public_key(trade.trade->id)))
              .header("etag")
              .size() == 24);
}
