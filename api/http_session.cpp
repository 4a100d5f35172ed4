// HTTP over a byte stream: the gate reads the head, Beast's parser the message, the handler
// answers.
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <mutex>

#include "api/connection.h"
#include "api/header_gate.h"
#include "api/http_server.h"
#include "api/problem.h"
#include "api/signal.h"
#include "base/log.h"

namespace jangbu::api {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view head_end = "\r\n\r\n";
constexpr unsigned linger_timeout_ms = 2'000;
constexpr std::size_t linger_bytes_max = 16 << 20;

const char* reason_of(int status) {
    const auto text = http::obsolete_reason(static_cast<http::status>(status));
    return text.empty() ? "Unknown" : text.data();
}

std::string text_of(const Response& response, bool keep_alive, bool without_body) {
    std::string out =
        "HTTP/1.1 " + std::to_string(response.status) + " " + reason_of(response.status) + "\r\n";
    const bool has_body = response.status != 204 && response.status != 304;
    if (has_body) out += "Content-Type: " + response.content_type + "\r\n";
    if (has_body && !response.stream)  // a stream ends with its connection
        out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    out += "X-Content-Type-Options: nosniff\r\n";
    bool says_cache_control = false;
    for (const auto& [name, value] : response.headers) {
        out += name + ": " + value + "\r\n";
        says_cache_control |= name == "Cache-Control";
    }
    if (!says_cache_control) out += "Cache-Control: no-store\r\n";
    out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (has_body && !without_body && !response.stream) out += response.body;
    return out;
}

// Waits for a handler that answers from any thread, perhaps only after the session is gone.
class LateAnswer : public std::enable_shared_from_this<LateAnswer> {
public:
    Responder responder() {
        return
            [self = shared_from_this()](Response response) { self->arrived(std::move(response)); };
    }

    asio::awaitable<Response> wait(const asio::any_io_executor& executor, unsigned timeout_ms) {
        co_await has_arrived_->wait(executor, timeout_ms);
        const std::lock_guard lock(mutex_);
        if (!response_) response_ = problem(503, "unavailable", "the answer took too long");
        co_return std::move(*response_);
    }

private:
    void arrived(Response response) {
        {
            const std::lock_guard lock(mutex_);
            if (response_) return;
            response_ = std::move(response);
        }
        has_arrived_->raise();
    }

    const std::shared_ptr<Signal> has_arrived_ = std::make_shared<Signal>();
    std::mutex mutex_;  // guards the response
    std::optional<Response> response_;
};

class Session {
public:
    Session(Connection& connection, Handler& handler, const HttpLimits& limits)
        : connection_(connection), handler_(handler), limits_(limits) {}

    asio::awaitable<void> run() {
        bool first = true;
        while (true) {
            const std::size_t head_size = co_await read_head_bytes(first);
            first = false;
            if (head_size == 0) co_return;
            Result<Head> head = read_head(std::string_view(received_).substr(0, head_size));
            if (head) head->request.is_encrypted = connection_.is_encrypted();
            if (!head) {
                log::debug("api", "request refused by the header gate",
                           {{"reason", head.error().detail}});
                co_return co_await refuse(problem(400, "malformed", head.error().detail));
            }
            const std::optional<Response> refusal = co_await read_body(*head, head_size);
            if (refusal) co_return co_await refuse(*refusal);
            if (closed_) co_return;
            const bool wants_more = head->keep_alive;
            const bool without_body = head->request.method == "HEAD";
            const auto answer = std::make_shared<LateAnswer>();
            hand_over(std::move(head->request), answer->responder());
            const Response response =
                co_await answer->wait(connection_.executor(), limits_.answer_timeout_ms);
            const bool keep_alive = wants_more && !response.stream;
            const std::string text = text_of(response, keep_alive, without_body);
            if (!co_await connection_.write_all(text, limits_.write_timeout_ms)) co_return;
            if (response.stream && !without_body && !co_await send(*response.stream)) co_return;
            if (!keep_alive) co_return co_await connection_.finish_writing(linger_timeout_ms);
        }
    }

private:
    // What a library throws inside a handler is one failed request, never the end of the process.
    void hand_over(Request request, const Responder& respond) {
        const std::string path = request.path;
        try {
            handler_.handle(std::move(request), respond);
        } catch (const std::exception& exception) {
            log::error("api", "handler failed",
                       {{"path", path}, {"what", std::string(exception.what())}});
            respond(problem(500, "internal", "the node failed to answer this request"));
        }
    }

    // True when the stream came to its end.
    asio::awaitable<bool> send(BodyStream& stream) {
        while (true) {
            const BodyStream::Piece piece = stream.take();
            if (!piece.text.empty() &&
                !co_await connection_.write_all(piece.text, limits_.write_timeout_ms))
                co_return false;
            if (piece.then == BodyStream::Then::end) co_return true;
            if (piece.then == BodyStream::Then::more) {
                co_await asio::post(connection_.executor(), asio::use_awaitable);  // others' turn
                continue;
            }
            const auto more = std::make_shared<Signal>();
            stream.when_more([more] { more->raise(); });
            while (!co_await more->wait(connection_.executor(), limits_.heartbeat_ms))
                if (!co_await connection_.write_all(stream.heartbeat(), limits_.write_timeout_ms))
                    co_return false;
        }
    }

    asio::awaitable<void> refuse(Response response) {
        const std::string text = text_of(response, false, false);
        if (!co_await connection_.write_all(text, limits_.write_timeout_ms)) co_return;
        // Closing over bytes that nobody read resets the connection, and the answer may be lost.
        co_await connection_.finish_writing(linger_timeout_ms);
        const auto deadline =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(linger_timeout_ms);
        std::size_t drained = 0;
        while (drained < linger_bytes_max) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            if (left.count() <= 0) co_return;
            char piece[16 << 10];
            const std::size_t count =
                co_await connection_.read_some(piece, static_cast<unsigned>(left.count()));
            if (count == 0) co_return;
            drained += count;
        }
    }

    // Size of the head at the front of received_, 0 when the connection is over or the head is not
    // coming.
    asio::awaitable<std::size_t> read_head_bytes(bool first) {
        const auto deadline =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(limits_.head_timeout_ms);
        while (true) {
            const std::size_t end = received_.find(head_end);
            if (end != std::string::npos) co_return end + head_end.size();
            if (received_.size() > head_bytes_max) {
                co_await refuse(problem(431, "limit_exceeded", "the head is longer than 8 KiB"));
                co_return 0;
            }
            const bool idle = received_.empty() && !first;
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            if (!idle && left.count() <= 0) co_return 0;
            const auto timeout =
                idle ? limits_.idle_timeout_ms : static_cast<unsigned>(left.count());
            if (!co_await read_more(timeout)) co_return 0;
        }
    }

    asio::awaitable<bool> read_more(unsigned timeout_ms) {
        char piece[16 << 10];
        const std::size_t count = co_await connection_.read_some(piece, timeout_ms);
        if (count == 0) co_return false;
        received_.append(piece, count);
        co_return true;
    }

    // Reads the body through Beast's parser into head.request.body. A response refuses and ends the
    // connection; what refuses by the head alone costs no memory for a body.
    asio::awaitable<std::optional<Response>> read_body(Head& head, std::size_t head_size) {
        if (auto refusal = handler_.refuse(head.request)) co_return refusal;
        const std::size_t most = handler_.body_bytes_max(head.request);
        if (head.content_length && *head.content_length > most)
            co_return problem(413, "limit_exceeded", "the body is larger than this route takes");
        if (head.request.headers.contains("expect") &&
            (head.chunked || head.content_length.value_or(0) > 0)) {
            if (!co_await connection_.write_all("HTTP/1.1 100 Continue\r\n\r\n",
                                                limits_.write_timeout_ms)) {
                closed_ = true;
                co_return std::nullopt;
            }
        }
        http::request_parser<http::string_body> parser;
        parser.eager(true);
        parser.header_limit(static_cast<std::uint32_t>(head_bytes_max));
        parser.body_limit(most);
        boost::system::error_code error;
        const std::size_t head_used = parser.put(asio::buffer(received_.data(), head_size), error);
        if (error && error != http::error::need_more)
            co_return problem(400, "malformed", "the message does not parse");
        received_.erase(0, head_used);

        const unsigned budget_ms =
            limits_.body_timeout_ms + static_cast<unsigned>(most / (256 << 10)) * 1'000;
        const auto deadline =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(budget_ms);
        bool needs_more = received_.empty();
        while (!parser.is_done()) {
            if (needs_more) {
                const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                    deadline - std::chrono::steady_clock::now());
                if (left.count() <= 0 || !co_await read_more(static_cast<unsigned>(left.count()))) {
                    closed_ = true;
                    co_return std::nullopt;
                }
            }
            error = {};
            const std::size_t used =
                parser.put(asio::buffer(received_.data(), received_.size()), error);
            received_.erase(0, used);
            if (error == http::error::body_limit)
                co_return problem(413, "limit_exceeded",
                                  "the body is larger than this route takes");
            if (error && error != http::error::need_more)
                co_return problem(400, "malformed", "the body does not parse");
            needs_more = received_.empty() || error == http::error::need_more;
        }
        head.request.body = std::move(parser.get().body());
        co_return std::nullopt;
    }

    Connection& connection_;
    Handler& handler_;
    const HttpLimits& limits_;
    std::string received_;
    bool closed_ = false;
};

}  // namespace

asio::awaitable<void> serve(Connection& connection, Handler& handler, const HttpLimits& limits) {
    Session session(connection, handler, limits);
    co_await session.run();
}

}  // namespace jangbu::api
