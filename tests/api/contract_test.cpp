// The OpenAPI document: whole, strict, and of the routes that are there. Whether answers are as it
// says is for tests/api/contract_e2e.py, against the running daemon.
#include <set>

#include "api/json_schema.h"
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

void collect_references(const json& value, std::set<std::string>& into) {
    if (value.is_object() && value.contains("$ref") && value["$ref"].is_string())
        into.insert(value["$ref"].get<std::string>());
    if (value.is_structured())
        for (const auto& item : value) collect_references(item, into);
}

// Every object schema says what it requires, and whether it is closed.
void collect_loose(const json& value, const std::string& path, std::set<std::string>& into) {
    if (value.is_object() && value.contains("properties") &&
        !value.contains("additionalProperties"))
        into.insert(path);
    if (value.is_object())
        for (const auto& [name, item] : value.items()) collect_loose(item, path + "/" + name, into);
    if (value.is_array())
        for (const auto& item : value) collect_loose(item, path, into);
}

}  // namespace

TEST_CASE("api: the notation of schemas") {
    using api::schema_of;
    CHECK(schema_of("hash") == api::Json{{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}});
    CHECK(schema_of("3..7") == api::Json{{"type", "integer"}, {"minimum", 3}, {"maximum", 7}});
    CHECK(schema_of("a|b") == api::Json{{"type", "string"}, {"enum", {"a", "b"}}});
    CHECK(schema_of("=a") == api::Json{{"type", "string"}, {"const", "a"}});
    CHECK(schema_of("Head") == api::Json{{"$ref", "#/components/schemas/Head"}});
    CHECK(schema_of("u8[]")["items"] == schema_of("u8"));
    CHECK(schema_of("u8[]?")["anyOf"][0] == schema_of("u8[]"));
    CHECK(schema_of("u8?")["anyOf"][1] == api::Json{{"type", "null"}});
    const api::Json object = api::closed_object("kind=fixed  supply:u64 note?:text<=5");
    CHECK(object["required"] == api::Json{"kind", "supply"});
    CHECK(object["additionalProperties"] == false);
    CHECK(object["properties"]["note"]["maxLength"] == 5);
    CHECK(object["properties"]["kind"]["const"] == "fixed");
    CHECK(!api::open_object("a:any").contains("additionalProperties"));
}

TEST_CASE("api: the OpenAPI document is served, every reference in it leads somewhere") {
    ApiWorld api;
    const HttpAnswer answer = api.get("/v1/openapi.json");
    REQUIRE(answer.status == 200);
    CHECK(answer.header("content-type") == "application/json");
    const json document = answer.as_json();
    CHECK(document["openapi"] == "3.1.0");
    std::set<std::string> references;
    collect_references(document, references);
    CHECK(references.size() > 40);
    for (const std::string& reference : references) {
        REQUIRE(reference.starts_with("#/"));
        CHECK_MESSAGE(document.contains(json::json_pointer(reference.substr(1))), reference);
    }
    // And every schema is needed.
    for (const auto& [name, schema] : document["components"]["schemas"].items())
        CHECK_MESSAGE(references.contains("#/components/schemas/" + name), name);
}

TEST_CASE("api: every operation of the document is a route, and says who may call it") {
    ApiWorld api;
    const json document = api.get_json("/v1/openapi.json");
    std::set<std::string> ids;
    for (const auto& [path, operations] : document["paths"].items()) {
        for (const auto& [method, operation] : operations.items()) {
            const std::string name = method + " " + path;
            CHECK_MESSAGE(ids.insert(operation["operationId"]).second, name);
            // What stands in braces is filled: an id of nothing, the number 0.
            std::string target = path;
            for (const auto& parameter : operation.value("parameters", json::array())) {
                if (parameter["in"] != "path") continue;
                const std::string place = "{" + parameter["name"].get<std::string>() + "}";
                const bool is_number = parameter["schema"]["type"] == "integer";
                REQUIRE_MESSAGE(target.contains(place), name);
                target.replace(target.find(place), place.size(),
                               is_number ? "0" : std::string(64, '0'));
            }
            CHECK_MESSAGE(!target.contains('{'), name);
            std::string upper = method;
            for (char& c : upper)
                c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            if (target == "/v1/events") target += "?follow=0";
            const HttpAnswer said = api.call(upper, target);
            CHECK_MESSAGE(operation["responses"].contains(std::to_string(said.status)), name, " ",
                          said.status);
            CHECK_MESSAGE(said.status != 405, name);
            CHECK_MESSAGE(said.status < 500, name);
            // Nothing is told, and nothing taken, without what the document says it takes.
            if (operation["security"] == json::array({{{"pass", json::array()}}}) ||
                operation["security"] == json::array({{{"ticket", json::array()}}}))
                CHECK_MESSAGE(said.status == 401, name);
        }
    }
    CHECK(ids.size() >= 42);
}

TEST_CASE("api: a parameter without a value is malformed, as the document says") {
    ApiWorld api;
    const Offer offer = api.offer(api.in.world.seller, {{"title", "a"}});
    const std::string dataset = "/v1/datasets/" + offer.dataset.id().hex();
    const std::string key = to_hex(dataset_key(offer.dataset.id()));
    const std::string txid(64, '0');
    for (const std::string path :
         {"/v1/listings?limit=", "/v1/listings?facets=", "/v1/listings?sort=",
          "/v1/listings?seller=", "/v1/listings?price="})
        CHECK_MESSAGE(api.get(path).status == 400, path);
    CHECK(api.get("/v1/listings?q=&cursor=").status == 200);
    CHECK(api.get(dataset + "?format=").status == 400);
    CHECK(api.get("/v1/proofs/state?cosigned=&key=" + key).status == 400);
    CHECK(api.get("/v1/transactions/" + txid + "?wait_ms=").status == 400);
}

TEST_CASE("api: only metadata in the words of others is left open") {
    const std::set<std::string> known{"/JsonLd", "/Csvw", "/Prov", "/OpenApi"};
    std::set<std::string> loose;
    collect_loose(json::parse(api::contract_schemas().dump()), "", loose);
    CHECK(loose == known);
}
