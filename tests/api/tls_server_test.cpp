// TLS as the server bounds it. What a client sees of it: tests/e2e/tls_e2e.py.
#include <doctest/doctest.h>

#include "api/http_server.h"
#include "tests/support/raw_http.h"

using namespace jangbu;
using test::RawConnection;

namespace {

class Silent final : public api::Handler {
public:
    std::size_t body_bytes_max(const api::Request&) const override { return 0; }
    void handle(api::Request, api::Responder respond) override {
        api::Response answer;
        answer.body = "heard";
        respond(answer);
    }
};

struct TlsServer {
    explicit TlsServer(api::HttpLimits limits = {}, const std::string& address = "127.0.0.1") {
        auto listening = api::HttpServer::listen(address, 0, handler, limits, &identity);
        REQUIRE(listening.has_value());
        server = std::move(*listening);
        server->start();
    }
    Silent handler;
    crypto::TlsIdentity identity = *crypto::TlsIdentity::make();
    std::unique_ptr<api::HttpServer> server;
};

api::HttpLimits short_limits() {
    api::HttpLimits limits;
    limits.head_timeout_ms = 200;
    return limits;
}

// A record that begins a ClientHello of 512 bytes, and stops.
const std::string half_hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);

}  // namespace

TEST_CASE("tls server: a handshake that stops half way is cut") {
    TlsServer running(short_limits());
    for (const std::string& sent : {std::string(), half_hello, half_hello.substr(0, 1)}) {
        CAPTURE(sent.size());
        RawConnection connection(running.server->port());
        REQUIRE(connection.connected());
        REQUIRE(connection.send(sent));
        CHECK(connection.read_to_end().empty());
        CHECK(connection.closed());
    }
}

TEST_CASE("tls server: handshakes count as connections, and leave none behind") {
    api::HttpLimits limits = short_limits();
    limits.connections_per_address_max = 3;
    TlsServer running(limits);
    std::vector<std::unique_ptr<RawConnection>> slow;
    for (int i = 0; i < 3; ++i) {
        slow.push_back(std::make_unique<RawConnection>(running.server->port()));
        REQUIRE(slow.back()->send(half_hello));
    }
    for (const auto& connection : slow) connection->read_to_end();
    for (int i = 0; i < 1'000 && running.server->connections() > 0; ++i) ::usleep(10'000);
    CHECK(running.server->connections() == 0);
}

TEST_CASE("tls server: plain HTTP is not answered") {
    TlsServer running;
    RawConnection connection(running.server->port());
    REQUIRE(connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(connection.read_to_end().find("heard") == std::string::npos);
    CHECK(connection.closed());
}

TEST_CASE("tls server: binds beyond loopback, and refuses a key that does not serve") {
    const TlsServer everywhere({}, "0.0.0.0");
    CHECK(everywhere.server->port() != 0);
    Silent handler;
    crypto::TlsIdentity broken = *crypto::TlsIdentity::make();
    broken.pem = broken.pem.substr(0, broken.pem.find("-----BEGIN CERTIFICATE"));
    const auto refused = api::HttpServer::listen("127.0.0.1", 0, handler, {}, &broken);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().code == ErrorCode::malformed);
}

TEST_CASE("tls server: stops with a handshake half done") {
    auto running = std::make_unique<TlsServer>();
    RawConnection connection(running->server->port());
    REQUIRE(connection.send(half_hello));
    running->server->stop();
    running.reset();
    connection.read_to_end();
    CHECK(connection.closed());
}
