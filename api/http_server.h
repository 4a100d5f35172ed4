// HttpServer: HTTP/1.1 over TCP or TLS 1.3, one coroutine a connection, everything bounded.
//
// The strict header gate (api/header_gate.h) reads every head first; Boost.Beast parses the message
// behind it. Limits: size by route, time by phase (handshake, head, body at a least rate, idle,
// answer), connections in all and per address. Threads: run() spreads connections over its own
// threads; a handler may answer from any thread. Ownership: the handler and its objects must
// outlive stop(). Errors of listen: not_allowed (plain TCP beyond loopback), malformed (a key that
// does not serve), usage, io.
#pragma once

#include <memory>
#include <optional>

#include "api/http.h"
#include "base/result.h"
#include "crypto/tls_identity.h"

namespace jangbu::api {

class Handler {
public:
    virtual ~Handler() = default;
    // How many body bytes this request may have; asked before the body is read. 0 refuses any body.
    virtual std::size_t body_bytes_max(const Request& head) const = 0;
    // A refusal that the head alone decides, before the body is read and held.
    virtual std::optional<Response> refuse(const Request&) const { return std::nullopt; }
    virtual void handle(Request request, Responder respond) = 0;
};

struct HttpLimits {
    std::size_t connections_max = 1'000;
    std::size_t connections_per_address_max = 500;
    u32 head_timeout_ms = 10'000;  // and as much for a handshake
    u32 idle_timeout_ms = 60'000;
    u32 body_timeout_ms = 30'000;    // for the first MiB; 1 s more for each further 256 KiB
    u32 answer_timeout_ms = 60'000;  // for the handler
    u32 write_timeout_ms = 60'000;   // of an answer, or of a piece of a stream
    u32 heartbeat_ms = 15'000;       // of a stream in which nothing happens
    unsigned threads = 4;
};

class HttpServer {
public:
    // Listens at once; port 0 takes a free one. With `tls` it speaks TLS 1.3 and nothing else.
    static Result<std::unique_ptr<HttpServer>> listen(const std::string& address, u16 port,
                                                      Handler& handler, HttpLimits limits = {},
                                                      const crypto::TlsIdentity* tls = nullptr);
    ~HttpServer();  // stops
    u16 port() const;
    void start();
    // Closes the listener and every connection and joins the threads.
    void stop();
    std::size_t connections() const;

private:
    struct Parts;
    explicit HttpServer(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace jangbu::api
