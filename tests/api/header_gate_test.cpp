#include "api/header_gate.h"

#include <doctest/doctest.h>

#include "tests/support/refused_heads.h"

using namespace jangbu;

TEST_CASE("header gate: refuses every shape that two readers could understand differently") {
    for (const test::RefusedHead& head : test::refused_heads()) {
        const std::size_t end = head.bytes.find("\r\n\r\n");
        REQUIRE_MESSAGE(end != std::string::npos, head.rule);
        const auto result = api::read_head(std::string_view(head.bytes).substr(0, end + 4));
        CHECK_MESSAGE(!result.has_value(), head.rule);
        if (!result) CHECK(result.error().code == ErrorCode::malformed);
    }
}

TEST_CASE("header gate: reads method, path, query and fields") {
    const auto head = api::read_head(
        "GET /v1/listings?q=%EC%A0%88%EC%82%AD+%EA%B0%80%EA%B3%B5&limit=5 HTTP/1.1\r\n"
        "host: 127.0.0.1:8640\r\nACCEPT:  application/json \r\nConnection: close\r\n\r\n");
    REQUIRE(head.has_value());
    CHECK(head->request.method == "GET");
    CHECK(head->request.path == "/v1/listings");
    CHECK(head->request.segments == std::vector<std::string>{"v1", "listings"});
    CHECK(head->request.parameter("q") == "절삭 가공");
    CHECK(head->request.parameter("limit") == "5");
    CHECK(head->request.header("accept") == "application/json");
    CHECK(!head->keep_alive);
    CHECK(!head->chunked);
    CHECK(!head->content_length.has_value());
}

TEST_CASE("header gate: the two ways to frame a body") {
    const auto length =
        api::read_head("POST /v1/transactions HTTP/1.1\r\nHost: a\r\nContent-Length: 17\r\n\r\n");
    REQUIRE(length.has_value());
    CHECK(length->content_length == 17);
    const auto chunked = api::read_head(
        "POST /v1/transactions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    REQUIRE(chunked.has_value());
    CHECK(chunked->chunked);
}

TEST_CASE("header gate: any cut of a good head is refused, never read past its end") {
    const std::string good = "GET /livez?a=%41 HTTP/1.1\r\nHost: a\r\nAccept: b\r\n\r\n";
    REQUIRE(api::read_head(good).has_value());
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK(!api::read_head(good.substr(0, size)).has_value());
}
