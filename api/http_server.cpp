// TCP: the listener, its threads and connections. Asio is seen here, in http_session.cpp and in
// tls_connection.cpp only.
#include "api/http_server.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <mutex>
#include <thread>

#include "api/socket_connection.h"
#include "base/assert.h"
#include "base/log.h"

namespace jangbu::api {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class TcpConnection final : public SocketConnection {
public:
    explicit TcpConnection(tcp::socket socket) : SocketConnection(std::move(socket)) {}

    bool is_encrypted() const override { return false; }
    asio::awaitable<bool> open(unsigned) override { co_return true; }

    asio::awaitable<std::size_t> read_some(std::span<char> into, unsigned timeout_ms) override {
        arm(timeout_ms);
        boost::system::error_code error;
        const std::size_t count =
            co_await socket_.async_read_some(asio::buffer(into.data(), into.size()),
                                             asio::redirect_error(asio::use_awaitable, error));
        disarm();
        co_return error ? 0 : count;
    }

    asio::awaitable<bool> write_all(std::string_view bytes, unsigned timeout_ms) override {
        arm(timeout_ms);
        boost::system::error_code error;
        co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
                                   asio::redirect_error(asio::use_awaitable, error));
        disarm();
        co_return !error;
    }

    asio::awaitable<void> finish_writing(unsigned) override {
        boost::system::error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        co_return;
    }
};

}  // namespace

struct HttpServer::Parts {
    Parts(Handler& h, HttpLimits l) : handler(h), limits(l), acceptor(context) {}

    std::shared_ptr<SocketConnection> connection_over(tcp::socket socket) {
        if (tls) return tls->accept(std::move(socket));
        return std::make_shared<TcpConnection>(std::move(socket));
    }

    asio::awaitable<void> accept_loop();
    asio::awaitable<void> run(std::shared_ptr<SocketConnection> connection, std::string address);
    bool enter(const std::string& address);
    void leave(const std::string& address);
    void close_all();

    Handler& handler;
    HttpLimits limits;
    std::unique_ptr<TlsAcceptor> tls;  // null: plain TCP
    asio::io_context context;
    tcp::acceptor acceptor;
    std::vector<std::jthread> threads;
    std::mutex mutex;
    std::map<std::string, std::size_t> open;  // by address
    std::size_t open_count = 0;
    std::map<SocketConnection*, std::weak_ptr<SocketConnection>> connections;
};

bool HttpServer::Parts::enter(const std::string& address) {
    const std::lock_guard lock(mutex);
    if (open_count >= limits.connections_max || open[address] >= limits.connections_per_address_max)
        return false;
    ++open_count;
    ++open[address];
    return true;
}

void HttpServer::Parts::leave(const std::string& address) {
    const std::lock_guard lock(mutex);
    --open_count;
    if (--open[address] == 0) open.erase(address);
}

// REQUIRES: no thread runs the context any more.
void HttpServer::Parts::close_all() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    const std::lock_guard lock(mutex);
    for (const auto& [address, connection] : connections)
        if (const auto alive = connection.lock()) alive->close();
    connections.clear();
}

asio::awaitable<void> HttpServer::Parts::run(std::shared_ptr<SocketConnection> connection,
                                             std::string address) {
    {
        const std::lock_guard lock(mutex);
        connections.emplace(connection.get(), connection);
    }
    try {
        // A handshake has the time of a head: who stops in the middle is gone as soon.
        if (co_await connection->open(limits.head_timeout_ms))
            co_await serve(*connection, handler, limits);
    } catch (const std::exception& exception) {  // the end of the road for what libraries throw
        log::error("api", "session ended by an exception",
                   {{"what", std::string(exception.what())}});
    }
    connection->close();
    {
        const std::lock_guard lock(mutex);
        connections.erase(connection.get());
    }
    leave(address);
}

asio::awaitable<void> HttpServer::Parts::accept_loop() {
    asio::steady_timer pause(context);
    while (acceptor.is_open()) {
        boost::system::error_code error;
        tcp::socket socket(asio::make_strand(context));
        co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted || !acceptor.is_open()) co_return;
        if (error) {  // out of file descriptors, most likely: wait for one to come back
            log::warn("api", "accept failed", {{"reason", error.message()}});
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        const tcp::endpoint peer = socket.remote_endpoint(error);
        const std::string address = error ? "unknown" : peer.address().to_string();
        if (!enter(address)) continue;  // the socket closes: over the limit nothing is promised
        socket.set_option(tcp::no_delay(true), error);
        const asio::any_io_executor executor = socket.get_executor();
        asio::co_spawn(executor, run(connection_over(std::move(socket)), address), asio::detached);
    }
}

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
HttpServer::~HttpServer() {
    stop();
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const std::string& address, u16 port,
                                                       Handler& handler, HttpLimits limits,
                                                       const crypto::TlsIdentity* tls) {
    boost::system::error_code error;
    const asio::ip::address ip = asio::ip::make_address(address, error);
    if (error) return fail(ErrorCode::usage, "not an IP address: " + address);
    if (!tls && !ip.is_loopback())
        return fail(ErrorCode::not_allowed,
                    "binds loopback addresses only without TLS: " + address);
    auto parts = std::make_unique<Parts>(handler, limits);
    if (tls) parts->tls = TRY(make_tls_acceptor(tls->pem));
    const tcp::endpoint endpoint(ip, port);
    parts->acceptor.open(endpoint.protocol(), error);
    if (!error) parts->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) parts->acceptor.bind(endpoint, error);
    if (!error) parts->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return fail(ErrorCode::io, "cannot listen on " + address + ":" + std::to_string(port) +
                                       ": " + error.message());
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

u16 HttpServer::port() const {
    boost::system::error_code ignored;
    return parts_->acceptor.local_endpoint(ignored).port();
}

std::size_t HttpServer::connections() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->open_count;
}

void HttpServer::start() {
    JANGBU_ASSERT(parts_->threads.empty());
    asio::co_spawn(parts_->context, parts_->accept_loop(), asio::detached);
    for (unsigned i = 0; i < parts_->limits.threads; ++i)
        parts_->threads.emplace_back([parts = parts_.get()] { parts->context.run(); });
}

void HttpServer::stop() {
    parts_->context.stop();
    parts_->threads.clear();  // joins
    parts_->close_all();
}

}  // namespace jangbu::api
