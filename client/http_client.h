// HttpClient: one HTTP connection to one node, kept alive between requests. Over libcurl.
//
// Redirects are not followed, other protocols than http and https are off, loopback never goes
// through a proxy. Over https the node shows the key that its URL pins, in TLS 1.3, before a byte
// of a request is sent. Owns its connection. Threads: one client is used by one thread. Times in
// ms, sizes in bytes. Errors: usage (a URL that client/node_url.h refuses), verification_failed
// (another key), unavailable (no connection, no answer in time), limit_exceeded (an answer above
// its bound). Any HTTP status is an answer.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "client/node_url.h"

namespace jangbu::client {

struct HttpRequest {
    std::string method = "GET";
    std::string path;           // with query, starts with '/'
    std::string authorization;  // "" = none
    std::string content_type;   // of the body
    std::string range;          // "a-b", "" = whole
    ByteView body;
    u64 timeout_ms = 120'000;
    std::size_t answer_bytes_max = 16 << 20;
};

struct HttpAnswer {
    int status = 0;
    std::string content_type;
    Bytes body;
};

class HttpClient {
public:
    // As client/node_url.h reads it; what is wrong with it is the answer to every request.
    explicit HttpClient(const std::string& node_url);
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;

    const std::string& base_url() const { return base_url_; }  // without the pin
    Result<HttpAnswer> send(const HttpRequest& request);

private:
    struct Handle;
    Result<NodeUrl> url_;
    std::string base_url_;
    std::unique_ptr<Handle> handle_;
};

// Percent-encoding of everything outside the unreserved characters of RFC 3986.
std::string url_escaped(std::string_view text);

}  // namespace jangbu::client
