// SocketConnection: the TCP socket under a Connection, and its one timer: an operation whose time
// is over ends, because the timer closes the socket. Threads: on the strand of its socket. Seen by
// the Asio files only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "api/connection.h"
#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::api {

class SocketConnection : public Connection, public std::enable_shared_from_this<SocketConnection> {
public:
    boost::asio::any_io_executor executor() override { return socket_.get_executor(); }

    void close() override {
        boost::system::error_code ignored;
        disarm();
        socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

protected:
    explicit SocketConnection(boost::asio::ip::tcp::socket socket)
        : socket_(std::move(socket)), timer_(socket_.get_executor()) {}

    void arm(unsigned timeout_ms) {
        timer_.expires_after(std::chrono::milliseconds(timeout_ms));
        // An expiry may already be queued when the operation ends in time: it then finds another
        // operation's number.
        timer_.async_wait(
            [self = shared_from_this(), operation = ++operation_](boost::system::error_code error) {
                boost::system::error_code ignored;
                if (!error && self->operation_ == operation) self->socket_.close(ignored);
            });
    }
    void disarm() {
        ++operation_;
        timer_.cancel();
    }

    boost::asio::ip::tcp::socket socket_;

private:
    boost::asio::steady_timer timer_;
    u64 operation_ = 0;
};

// TLS 1.3 over a socket, with one identity for all connections of a listener.
class TlsAcceptor {
public:
    virtual ~TlsAcceptor() = default;
    virtual std::shared_ptr<SocketConnection> accept(boost::asio::ip::tcp::socket socket) = 0;
};
// `pem`: private key and certificate. Errors: malformed.
Result<std::unique_ptr<TlsAcceptor>> make_tls_acceptor(std::string_view pem);

}  // namespace jangbu::api
