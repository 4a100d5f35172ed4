#include "client/node_answers.h"

#include <doctest/doctest.h>

#include "client/json_fields.h"

namespace jangbu::client {
namespace {

Error error_of(int status, std::string_view body) {
    return problem_error(status, as_bytes(body));
}

TEST_CASE("answers: problems become errors by their stable code") {
    const Error refused = error_of(
        422,
        R"({"type":"about:blank","title":"Refused","status":422,"detail":"no","code":"rejected","rejection":108})");
    CHECK(refused.code == ErrorCode::rejected);
    CHECK(refused.detail == "no");
    CHECK(refused.rejection == 108);
    CHECK(error_of(404, R"({"code":"not_found"})").code == ErrorCode::not_found);
    CHECK(error_of(403, R"({"code":"not_allowed"})").code == ErrorCode::not_allowed);
    CHECK(error_of(409, R"({"code":"conflict"})").code == ErrorCode::conflict);
    CHECK(error_of(429, R"({"code":"limit_exceeded"})").code == ErrorCode::limit_exceeded);
    CHECK(error_of(500, R"({"code":"io"})").code == ErrorCode::unavailable);
}

TEST_CASE("answers: a problem without a body is judged by its status") {
    CHECK(error_of(404, "").code == ErrorCode::not_found);
    CHECK(error_of(403, "<html>").code == ErrorCode::not_allowed);
    CHECK(error_of(401, R"({"code":"unauthenticated"})").code == ErrorCode::not_allowed);
    CHECK(error_of(401, "<html>").code == ErrorCode::not_allowed);
    CHECK(error_of(502, "bad gateway").code == ErrorCode::unavailable);
    CHECK(error_of(400, "[]").code == ErrorCode::malformed);
}

TEST_CASE("answers: a status is read, and every missing or wrong field is named") {
    const std::string id(64, 'a');
    Json good{{"chain_id", id},        {"name", "n"},           {"height", "5"},
              {"time_ms", "6"},        {"market_time_ms", "7"}, {"protocol_version", 1},
              {"software", "jangbud"}, {"operator_org", id},    {"pending", 3}};
    const auto read = [](const Json& answer) {
        const std::string text = answer.dump();
        return read_status(as_bytes(text));
    };
    const auto status = read(good);
    REQUIRE(status.has_value());
    CHECK(status->height == 5);
    CHECK(status->pending == 3);
    for (const char* name : {"chain_id", "name", "height", "time_ms", "market_time_ms",
                             "protocol_version", "operator_org"}) {
        Json without = good;
        without.erase(name);
        CHECK(read(without).error().detail.find(name) != std::string::npos);
        Json wrong = good;
        wrong[name] = Json::array();
        CHECK(read(wrong).error().code == ErrorCode::malformed);
    }
    Json number = good;
    number["height"] = "5x";
    CHECK(!read(number).has_value());
    number["height"] = -1;
    CHECK(!read(number).has_value());
    CHECK(!read_status(as_bytes("[]")).has_value());
    CHECK(!read_status(as_bytes("{")).has_value());
}

TEST_CASE("answers: a head, an order or a transaction that does not decode is refused") {
    for (const char* body :
         {"", "null", "[]", "{}", R"({"header":"AA","finality":{"key":"","signature":""}})",
          R"({"header":"!!","finality":null})", R"({"transactions":[{}]})",
          R"({"transactions":{}})", R"({"record":"AA","money_record":"AA"})"}) {
        CHECK(!read_head(as_bytes(body)).has_value());
        CHECK(!read_order(as_bytes(body)).has_value());
        CHECK(!read_transaction(as_bytes(body)).has_value());
        CHECK(!read_listings(as_bytes(body)).has_value());
    }
    CHECK(!read_transactions(as_bytes(R"({"transactions":[{}]})")).has_value());
}

TEST_CASE("answers: an undecided transaction is read with its absent fields as null") {
    const std::string body = R"({"txid":")" + std::string(64, '1') +
                             R"(","status":"pending","height":null,"index":null,"code":null,)"
                             R"("rejection_name":null,"receipt":null,"promise":null})";
    const auto answer = read_transaction(as_bytes(body));
    REQUIRE(answer.has_value());
    CHECK(answer->status == TransactionAnswer::Status::pending);
    CHECK(!answer->promise.has_value());
}

TEST_CASE("answers: text nested too deep is refused before anything walks it") {
    const std::string deep = std::string(200'000, '[');
    CHECK(!parse_json(as_bytes(deep), "text").has_value());
    const std::string closed =
        R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
    CHECK(!parse_json(as_bytes(closed), "text").has_value());
    const std::string fair = std::string(20, '[') + std::string(20, ']');
    CHECK(parse_json(as_bytes(fair), "text").has_value());
    CHECK(error_of(400, closed).code == ErrorCode::malformed);
}

TEST_CASE("urls: everything outside the unreserved characters is escaped") {
    CHECK(url_escaped("aZ09-._~") == "aZ09-._~");
    CHECK(url_escaped("밀링 & 절삭") == "%EB%B0%80%EB%A7%81%20%26%20%EC%A0%88%EC%82%AD");
}

}  // namespace
}  // namespace jangbu::client
