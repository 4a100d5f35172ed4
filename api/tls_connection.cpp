// TLS 1.3 under an HTTP session. Beside http_server.cpp and http_session.cpp, so that what Asio and
// OpenSSL cost to compile is paid in three files at once and in none above all.
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "api/socket_connection.h"

namespace jangbu::api {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;

class TlsConnection final : public SocketConnection {
public:
    TlsConnection(tcp::socket socket, ssl::context& context)
        : SocketConnection(std::move(socket)), stream_(socket_, context) {}

    bool is_encrypted() const override { return true; }

    asio::awaitable<bool> open(unsigned timeout_ms) override {
        arm(timeout_ms);
        boost::system::error_code error;
        co_await stream_.async_handshake(ssl::stream_base::server,
                                         asio::redirect_error(asio::use_awaitable, error));
        disarm();
        co_return !error;
    }

    asio::awaitable<std::size_t> read_some(std::span<char> into, unsigned timeout_ms) override {
        arm(timeout_ms);
        boost::system::error_code error;
        const auto buffer = asio::buffer(into.data(), into.size());
        std::size_t count = 0;
        if (finished_)  // after our end of the stream only raw bytes come, to be dropped
            count = co_await socket_.async_read_some(
                buffer, asio::redirect_error(asio::use_awaitable, error));
        else
            count = co_await stream_.async_read_some(
                buffer, asio::redirect_error(asio::use_awaitable, error));
        disarm();
        co_return error ? 0 : count;
    }

    asio::awaitable<bool> write_all(std::string_view bytes, unsigned timeout_ms) override {
        arm(timeout_ms);
        boost::system::error_code error;
        co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()),
                                   asio::redirect_error(asio::use_awaitable, error));
        disarm();
        co_return !error;
    }

    // Says so (close_notify), and waits for the peer's word or for data, whichever comes first.
    asio::awaitable<void> finish_writing(unsigned timeout_ms) override {
        arm(timeout_ms);
        boost::system::error_code error;
        co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
        disarm();
        finished_ = true;
        socket_.shutdown(tcp::socket::shutdown_send, error);
    }

private:
    ssl::stream<tcp::socket&> stream_;
    bool finished_ = false;
};

class Acceptor final : public TlsAcceptor {
public:
    ssl::context& context() { return context_; }
    std::shared_ptr<SocketConnection> accept(tcp::socket socket) override {
        return std::make_shared<TlsConnection>(std::move(socket), context_);
    }

private:
    ssl::context context_{ssl::context::tlsv13_server};
};

}  // namespace

Result<std::unique_ptr<TlsAcceptor>> make_tls_acceptor(std::string_view pem) {
    auto acceptor = std::make_unique<Acceptor>();
    const asio::const_buffer text(pem.data(), pem.size());
    boost::system::error_code error;
    acceptor->context().use_certificate_chain(text, error);
    if (!error) acceptor->context().use_private_key(text, ssl::context::pem, error);
    if (error) return fail(ErrorCode::malformed, "the TLS key does not serve: " + error.message());
    return acceptor;
}

}  // namespace jangbu::api
