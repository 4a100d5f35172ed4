// HeaderGate: the strict reading of an HTTP/1.1 head, in front of the HTTP library.
//
// Libraries accept shapes that two readers understand differently (request smuggling): both
// Transfer-Encoding and Content-Length, two or listed Content-Length, a Transfer-Encoding other
// than exactly `chunked`, no Host or two, folded lines, bare LF, chunked under HTTP/1.0. Each is
// answered with 400 and a closed connection, before anything is routed. Source: RFC 9112
// sections 2.2, 3, 5, 6; RFC 9110 section 5.5. Threads: pure.
#pragma once

#include <optional>

#include "api/http.h"
#include "base/result.h"

namespace jangbu::api {

inline constexpr std::size_t head_bytes_max = 8 << 10;
inline constexpr std::size_t target_bytes_max = 2 << 10;
inline constexpr std::size_t header_fields_max = 64;

struct Head {
    Request request;                    // without body
    std::optional<u64> content_length;  // nothing: no body, or chunked
    bool chunked = false;
    bool keep_alive = true;
};

// `head` runs from the request line to the empty line, "\r\n\r\n" included. Errors: malformed,
// naming the shape.
Result<Head> read_head(std::string_view head);

// "a=1&b=%20" into the map; malformed escapes and repeated names are refused.
Result<std::map<std::string, std::string>> read_query(std::string_view query);

}  // namespace jangbu::api
