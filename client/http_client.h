// HttpClient: one HTTP connection to one node, kept alive between requests. Over libcurl.
//
// Redirects are not followed, other protocols than http and https are off, loopback never goes
// through a proxy. Owns its connection. Threads: one client is used by one thread. Times in ms,
// sizes in bytes. Errors: unavailable (no connection, no answer in time), limit_exceeded (an answer
// above its bound). Any HTTP status is an answer.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

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
    // http://host:port, without a path.
    explicit HttpClient(std::string base_url);
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;

    const std::string& base_url() const { return base_url_; }
    Result<HttpAnswer> send(const HttpRequest& request);

private:
    struct Handle;
    std::string base_url_;
    std::unique_ptr<Handle> handle_;
};

// Percent-encoding of everything outside the unreserved characters of RFC 3986.
std::string url_escaped(std::string_view text);

}  // namespace jangbu::client
