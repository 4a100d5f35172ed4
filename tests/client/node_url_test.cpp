#include "client/node_url.h"

#include <doctest/doctest.h>

#include "client/http_client.h"

using namespace jangbu;
using client::read_node_url;

namespace {

const std::string pin = "sha256//" + std::string(43, 'A') + "=";

std::string url_refusal(const std::string& text) {
    const auto url = read_node_url(text);
    REQUIRE_MESSAGE(!url.has_value(), text);
    CHECK(url.error().code == ErrorCode::usage);
    return url.error().detail;
}

}  // namespace

TEST_CASE("node url: plain http is for loopback") {
    for (const std::string text : {"http://127.0.0.1:8640", "http://localhost:8640",
                                   "http://[::1]:8640", "http://127.9.8.7:1"}) {
        CAPTURE(text);
        const auto url = read_node_url(text);
        REQUIRE(url.has_value());
        CHECK(url->base == text);
        CHECK(url->pin.empty());
        CHECK(url->is_loopback);
        CHECK(read_node_url(text + "/")->base == text);
    }
}

TEST_CASE("node url: what only looks like loopback is a stranger's host") {
    for (const std::string text :
         {"http://127.evil.example:8640", "http://127.0.0.1.evil.example", "http://localhost.evil",
          "http://evil.example/", "http://192.168.0.1:8640", "http://[::2]:1", "http://[fe80::1]",
          "http://0.0.0.0:8640", "http://128.0.0.1"}) {
        CAPTURE(text);
        CHECK(url_refusal(text).find("https") != std::string::npos);
    }
    // The host behind the @, and a loopback address in the path.
    CHECK_FALSE(read_node_url("http://127.0.0.1@evil.example:80").has_value());
    CHECK_FALSE(read_node_url("http://evil.example/://127.0.0.1").has_value());
    CHECK_FALSE(read_node_url("https://127.0.0.1:80@evil.example#" + pin).has_value());
    CHECK_FALSE(read_node_url("https://127.evil.example#" + pin)->is_loopback);
    CHECK(read_node_url("https://127.0.0.1:1#" + pin)->is_loopback);
}

TEST_CASE("node url: https carries the pin of the node's key") {
    for (const std::string base :
         {"https://node.example:8640", "https://192.0.2.1:1", "https://[2001:db8::1]:8640"}) {
        CAPTURE(base);
        const auto url = read_node_url(base + "#" + pin);
        REQUIRE(url.has_value());
        CHECK(url->base == base);
        CHECK(url->pin == pin);
        CHECK_FALSE(url->is_loopback);
        CHECK(read_node_url(base + "/#" + pin)->base == base);
        CHECK(url_refusal(base).find("jangbud tls show") != std::string::npos);
        CHECK(url_refusal(base + "#").find("pin") != std::string::npos);
        CHECK(url_refusal(base + "#" + pin + ";" + pin).find("no pin") != std::string::npos);
        CHECK(url_refusal(base + "#" + pin.substr(8)).find("no pin") != std::string::npos);
    }
    const std::string slashes = "sha256//" + std::string(20, '/') + std::string(23, '+') + "=";
    CHECK(read_node_url("https://node.example#" + slashes)->pin == slashes);
    CHECK(url_refusal("http://127.0.0.1:1#" + pin) ==
          "node URL http://127.0.0.1:1: a pin belongs to https");
}

TEST_CASE("node url: anything else is refused") {
    for (const std::string text :
         {"", "nonsense", "127.0.0.1:8640", "ftp://127.0.0.1", "file:///etc/passwd", "http://",
          "http://127.0.0.1:99999", "http://127.0.0.1/v1", "http://127.0.0.1?a=b",
          "http://127.0.0.1:1 ", "http://user:word@127.0.0.1:1", "http://127.0.0.1:1\r\nX: y"}) {
        CAPTURE(text);
        url_refusal(text);
    }
}

TEST_CASE("http client: a URL that is refused answers every request, and nothing is sent") {
    client::HttpClient http("http://127.evil.example:1");
    const auto answer = http.send({});
    REQUIRE(!answer.has_value());
    CHECK(answer.error().code == ErrorCode::usage);
}
