// Connection: the byte stream under one HTTP session, over TCP or TLS. Seen by the Asio files only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <span>
#include <string_view>

namespace jangbu::api {

class Connection {
public:
    virtual ~Connection() = default;
    virtual boost::asio::any_io_executor executor() = 0;
    virtual bool is_encrypted() const = 0;
    // What comes before the first byte: the handshake of TLS. False: it failed, or the time ran
    // out.
    virtual boost::asio::awaitable<bool> open(unsigned timeout_ms) = 0;
    // Bytes read, 0 at the end of the stream, on error, or when the time ran out.
    virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> into,
                                                          unsigned timeout_ms) = 0;
    // False on error or when the time ran out.
    virtual boost::asio::awaitable<bool> write_all(std::string_view bytes, unsigned timeout_ms) = 0;
    // No more will be written; the peer sees the end of the stream. What it still sends can be
    // read, if only to be dropped.
    virtual boost::asio::awaitable<void> finish_writing(unsigned timeout_ms) = 0;
    virtual void close() = 0;
};

struct HttpLimits;
class Handler;

// The whole life of one connection: read a head, gate, body, handle, answer, again while kept
// alive.
boost::asio::awaitable<void> serve(Connection& connection, Handler& handler,
                                   const HttpLimits& limits);

}  // namespace jangbu::api
