#include "api/http_server.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/raw_http.h"
#include "tests/support/refused_heads.h"

using namespace jangbu;
using test::RawConnection;

namespace {

// A stream of `pieces`, each a little late, or without an end and always at hand; counts its ends.
class Counting final : public api::BodyStream {
public:
    Counting(int pieces, std::atomic<int>& ended) : left_(pieces), ended_(ended) {}
    ~Counting() override { ++ended_; }
    Piece take() override {
        if (left_ < 0) return {std::string(64 << 10, 'x'), Then::more};
        if (is_late_ && left_ > 0) {
            is_late_ = false;
            return {"", Then::wait};
        }
        is_late_ = true;
        const std::string text = left_ > 0 ? "piece " + std::to_string(left_) + "\n" : "";
        return {text, left_-- > 0 ? Then::more : Then::end};
    }
    void when_more(std::function<void()> wake) override {
        waker_ = std::jthread([wake] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            wake();
            wake();
        });
    }
    std::string heartbeat() override { return "beat\n"; }

private:
    int left_;
    std::atomic<int>& ended_;
    bool is_late_ = true;
    std::jthread waker_;
};

// Echoes the body; "/stream" counts down from 3, "/endless" never stops; "/later" answers from
// another thread, "/kept" when the test says so, "/throw" throws.
class Echo final : public api::Handler {
public:
    ~Echo() override { threads_.clear(); }
    std::size_t body_bytes_max(const api::Request&) const override { return 1'000; }
    void handle(api::Request request, api::Responder respond) override {
        api::Response response;
        response.content_type = "text/plain";
        response.body = request.method + " " + request.path + " " + request.body;
        if (request.path == "/stream" || request.path == "/endless") {
            response.stream =
                std::make_shared<Counting>(request.path == "/stream" ? 3 : -1, streams_ended);
            respond(std::move(response));
        } else if (request.path == "/later") {
            threads_.emplace_back([respond, response] {
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
                respond(response);
                respond(response);  // a second answer is ignored
            });
        } else if (request.path == "/kept") {
            const std::lock_guard lock(mutex_);
            kept_ = std::move(respond);
            is_kept_.notify_one();
        } else if (request.path == "/throw") {
            throw std::runtime_error("a library threw");
        } else if (request.path != "/never") {
            respond(std::move(response));
        }
    }

    std::atomic<int> streams_ended{0};

    // Waits for a request of /kept; its answer is the caller's.
    api::Responder take_kept() {
        std::unique_lock lock(mutex_);
        REQUIRE(
            is_kept_.wait_for(lock, std::chrono::seconds(20), [&] { return kept_ != nullptr; }));
        return std::exchange(kept_, nullptr);
    }

private:
    std::mutex mutex_;
    std::condition_variable is_kept_;
    api::Responder kept_;
    std::vector<std::jthread> threads_;
};

struct Server {
    explicit Server(api::HttpLimits limits = {}) {
        auto listening = api::HttpServer::listen("127.0.0.1", 0, echo, limits);
        REQUIRE(listening.has_value());
        server = std::move(*listening);
        server->start();
    }
    Echo echo;
    std::unique_ptr<api::HttpServer> server;
};

}  // namespace

TEST_CASE("http server: every refused shape gets 400 and a closed connection") {
    Server running;
    for (const test::RefusedHead& head : test::refused_heads()) {
        RawConnection connection(running.server->port());
        REQUIRE(connection.send(head.bytes));
        const std::string answer = connection.read_to_end();
        CHECK_MESSAGE(answer.starts_with("HTTP/1.1 400 "), head.rule);
        CHECK_MESSAGE(answer.find("application/problem+json") != std::string::npos, head.rule);
        CHECK_MESSAGE(connection.closed(), head.rule);
        CHECK_MESSAGE(answer.find("HTTP/1.1 4", 8) == std::string::npos,
                      head.rule);  // one answer only
    }
}

TEST_CASE("http server: a connection carries several requests, also when they come at once") {
    Server running;
    RawConnection connection(running.server->port());
    const std::string post = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    REQUIRE(connection.send(post));
    CHECK(connection.read_answer().ends_with("POST /a abc"));
    REQUIRE(connection.send(post + "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    const std::string both = connection.read_to_end();
    CHECK(both.find("POST /a abc") != std::string::npos);
    CHECK(both.ends_with("GET /b "));
    CHECK(connection.closed());
}

TEST_CASE("http server: a chunked body is put together, a malformed one is refused") {
    Server running;
    const std::string head = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    RawConnection good(running.server->port());
    REQUIRE(good.send(head));
    for (char c : std::string("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
        REQUIRE(good.send(std::string_view(&c, 1)));
    CHECK(good.read_answer().ends_with("POST /a abcde"));
    RawConnection bad(running.server->port());
    REQUIRE(bad.send(head + "zz\r\nabc\r\n0\r\n\r\n"));
    CHECK(bad.read_to_end().starts_with("HTTP/1.1 400 "));
    CHECK(bad.closed());
}

TEST_CASE("http server: a body above the route's bound is 413, announced or not") {
    Server running;
    RawConnection announced(running.server->port());
    REQUIRE(announced.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"));
    CHECK(announced.read_to_end().starts_with("HTTP/1.1 413 "));
    RawConnection chunked(running.server->port());
    std::string body = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n";
    body += std::string(1'001, 'a') + "\r\n0\r\n\r\n";
    REQUIRE(chunked.send(body));
    CHECK(chunked.read_to_end().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("http server: a head that does not end is cut off by size and by time") {
    api::HttpLimits limits;
    limits.head_timeout_ms = 200;
    Server running(limits);
    RawConnection large(running.server->port());
    REQUIRE(large.send("GET / HTTP/1.1\r\nHost: x\r\nX: "));
    large.send(std::string(20'000, 'a'));
    CHECK(large.read_to_end().starts_with("HTTP/1.1 431 "));
    RawConnection slow(running.server->port());
    REQUIRE(slow.send("GET / HTTP/1.1\r\nHo"));
    CHECK(slow.read_to_end().empty());
    CHECK(slow.closed());
}

TEST_CASE("http server: a body that does not come ends the connection") {
    api::HttpLimits limits;
    limits.body_timeout_ms = 200;
    Server running(limits);
    RawConnection connection(running.server->port());
    REQUIRE(connection.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"));
    connection.read_to_end();
    CHECK(connection.closed());
}

TEST_CASE("http server: an answer from another thread, and one that never comes") {
    api::HttpLimits limits;
    limits.answer_timeout_ms = 300;
    Server running(limits);
    RawConnection later(running.server->port());
    REQUIRE(later.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(later.read_answer().ends_with("GET /later "));
    RawConnection never(running.server->port());
    REQUIRE(never.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(never.read_answer().starts_with("HTTP/1.1 503 "));
}

TEST_CASE("http server: connections are bounded in number") {
    api::HttpLimits limits;
    limits.connections_max = 2;
    Server running(limits);
    RawConnection first(running.server->port());
    RawConnection second(running.server->port());
    for (RawConnection* held : {&first, &second}) {
        REQUIRE(held->send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
        CHECK(held->read_answer().ends_with("GET /a "));
    }
    CHECK(running.server->connections() == 2);
    RawConnection third(running.server->port());
    third.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(third.read_to_end().empty());
    CHECK(third.closed());
}

TEST_CASE("http server: 400 slow heads do not keep an honest request waiting") {
    api::HttpLimits limits;
    limits.connections_max = 3'000;
    limits.connections_per_address_max = 3'000;
    Server running(limits);
    std::vector<std::unique_ptr<RawConnection>> slow;
    for (int i = 0; i < 400; ++i) {
        slow.push_back(std::make_unique<RawConnection>(running.server->port()));
        REQUIRE(slow.back()->connected());
        slow.back()->send("GET / HTTP/1.1\r\nHost");
    }
    for (int i = 0; i < 20; ++i) {
        RawConnection honest(running.server->port());
        REQUIRE(honest.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
        CHECK(honest.read_answer().ends_with("GET /a "));
    }
}

TEST_CASE("http server: a stream is sent piece by piece, with heartbeats, to its end") {
    api::HttpLimits limits;
    limits.heartbeat_ms = 5;
    Server running(limits);
    RawConnection connection(running.server->port());
    REQUIRE(connection.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"));
    const std::string answer = connection.read_to_end();
    CHECK(connection.closed());
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    CHECK(answer.find("Content-Length") == std::string::npos);
    std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
    CHECK(body.find("beat\n") != std::string::npos);
    for (std::size_t at; (at = body.find("beat\n")) != std::string::npos;) body.erase(at, 5);
    CHECK(body == "piece 3\npiece 2\npiece 1\n");
    for (int i = 0; i < 2'000 && running.echo.streams_ended < 1; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(running.echo.streams_ended == 1);

    RawConnection head(running.server->port());
    REQUIRE(head.send("HEAD /endless HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(head.read_to_end().ends_with("\r\n\r\n"));
}

TEST_CASE("http server: a reader that does not read a stream is cut off, one that left as well") {
    api::HttpLimits limits;
    limits.write_timeout_ms = 200;
    Server running(limits);
    RawConnection slow(running.server->port());
    REQUIRE(slow.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"));
    {
        RawConnection leaving(running.server->port());
        REQUIRE(leaving.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"));
        CHECK(leaving.read_until([](const std::string& s) { return s.size() > 100'000; }).size() >
              100'000);
    }
    for (int i = 0; i < 2'000 && running.echo.streams_ended < 2; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(running.echo.streams_ended == 2);
}

TEST_CASE("http server: stops in the middle of streams") {
    auto running = std::make_unique<Server>();
    RawConnection connection(running->server->port());
    REQUIRE(connection.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"));
    connection.read_until([](const std::string& s) { return s.size() > 1'000; });
    running->server->stop();
    running.reset();
    connection.read_to_end(20'000);
    CHECK(connection.closed());
}

TEST_CASE("http server: binds loopback only, and says so") {
    Echo echo;
    for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
        const auto refused = api::HttpServer::listen(address, 0, echo);
        REQUIRE(!refused.has_value());
        CHECK(refused.error().code == ErrorCode::not_allowed);
    }
    CHECK(api::HttpServer::listen("nonsense", 0, echo).error().code == ErrorCode::usage);
    CHECK(api::HttpServer::listen("::1", 0, echo).has_value());
}

TEST_CASE("http server: stops with connections open, in the middle of a request") {
    auto running = std::make_unique<Server>();
    RawConnection idle(running->server->port());
    RawConnection waiting(running->server->port());
    REQUIRE(waiting.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n"));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    running->server->stop();
    running.reset();
    waiting.read_to_end();
    CHECK(waiting.closed());
}

TEST_CASE("http server: what a handler throws is one failed request, not the end") {
    Server running;
    RawConnection connection(running.server->port());
    for (int i = 0; i < 2; ++i) {
        REQUIRE(connection.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n"));
        const std::string answer = connection.read_answer();
        CHECK(answer.starts_with("HTTP/1.1 500 "));
        CHECK(answer.find("\"code\":\"internal\"") != std::string::npos);
        CHECK(answer.find("a library threw") == std::string::npos);
    }
    REQUIRE(connection.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(connection.read_answer().ends_with("GET /a "));
}

TEST_CASE("http server: an answer may come after its connection, and after the server") {
    Server running;
    api::Responder respond;
    {
        RawConnection gone(running.server->port());
        REQUIRE(gone.send("GET /kept HTTP/1.1\r\nHost: x\r\n\r\n"));
        respond = running.echo.take_kept();
    }
    respond(api::Response{});
    RawConnection waiting(running.server->port());
    REQUIRE(waiting.send("GET /kept HTTP/1.1\r\nHost: x\r\n\r\n"));
    respond = running.echo.take_kept();
    running.server->stop();
    waiting.read_to_end();
    CHECK(waiting.closed());
    running.server.reset();
    respond(api::Response{});
}

TEST_CASE("http server: the refusal of a body that is still coming arrives") {
    Server running;
    for (int i = 0; i < 20; ++i) {
        RawConnection connection(running.server->port());
        connection.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n");
        connection.send(std::string(4'000'000, 'a'));
        CHECK(connection.read_to_end().starts_with("HTTP/1.1 413 "));
    }
}
