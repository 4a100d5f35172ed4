// Heads that the gate must refuse, each with the rule it breaks. Used against the gate alone and
// against a real server.
#pragma once

#include <string>
#include <vector>

namespace jangbu::test {

struct RefusedHead {
    const char* rule;
    std::string bytes;
};

inline std::vector<RefusedHead> refused_heads() {
    const std::string get = "GET /livez HTTP/1.1\r\n";
    const std::string post = "POST /v1/transactions HTTP/1.1\r\nHost: a\r\n";
    std::vector<RefusedHead> out{
        {"Transfer-Encoding gzip before Content-Length",
         post + "Transfer-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"},
        {"Content-Length before Transfer-Encoding",
         post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"Transfer-Encoding before Content-Length",
         post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"},
        {"two equal Content-Length", post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"},
        {"two different Content-Length",
         post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"},
        {"listed Content-Length", post + "Content-Length: 4, 4\r\n\r\nabcd"},
        {"signed Content-Length", post + "Content-Length: +4\r\n\r\nabcd"},
        {"negative Content-Length", post + "Content-Length: -1\r\n\r\n"},
        {"hex Content-Length", post + "Content-Length: 0x4\r\n\r\nabcd"},
        {"Content-Length with a blank inside", post + "Content-Length: 1 2\r\n\r\nabcd"},
        {"empty Content-Length", post + "Content-Length: \r\n\r\n"},
        {"Content-Length above 64 bits", post + "Content-Length: 18446744073709551616\r\n\r\n"},
        {"two Host", get + "Host: a\r\nHost: a\r\n\r\n"},
        {"no Host", get + "\r\n"},
        {"no Host but others", get + "Accept: */*\r\n\r\n"},
        {"empty Host", get + "Host: \r\n\r\n"},
        {"folded line with a blank", get + "Host: a\r\nX-A: b\r\n c\r\n\r\n"},
        {"folded line with a tab", get + "Host: a\r\nX-A: b\r\n\tc\r\n\r\n"},
        {"folded first line", get + " Host: a\r\n\r\n"},
        {"chunked, chunked", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
        {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        {"Chunked in capitals", post + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"},
        {"chunked with a vertical tab", post + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"},
        {"two Transfer-Encoding",
         post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"identity", post + "Transfer-Encoding: identity\r\n\r\n"},
        {"chunked under HTTP/1.0",
         "POST /v1/transactions HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n"},
        {"HTTP/1.0", "GET /livez HTTP/1.0\r\nHost: a\r\n\r\n"},
        {"HTTP/2.0", "GET /livez HTTP/2.0\r\nHost: a\r\n\r\n"},
        {"HTTP/0.9", "GET /livez\r\n\r\n"},
        {"lower-case version", "GET /livez http/1.1\r\nHost: a\r\n\r\n"},
        {"bare LF between lines", "GET /livez HTTP/1.1\nHost: a\r\n\r\n"},
        {"bare LF in a field", get + "Host: a\nX-A: b\r\n\r\n"},
        {"bare CR in a field", get + "Host: a\rX-A: b\r\n\r\n"},
        {"NUL in a field", get + "Host: a" + std::string(1, '\0') + "b\r\n\r\n"},
        {"control character in a field", get + "Host: a\x01\r\n\r\n"},
        {"DEL in a field", get + "Host: a\x7f\r\n\r\n"},
        {"blank before the colon", get + "Host : a\r\n\r\n"},
        {"field without a colon", get + "Host: a\r\nnonsense\r\n\r\n"},
        {"empty field name", get + "Host: a\r\n: b\r\n\r\n"},
        {"blank in a field name", get + "Host: a\r\nX A: b\r\n\r\n"},
        {"two blanks in the request line", "GET  /livez HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"tab in the request line", "GET\t/livez HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"no method", " /livez HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"method that is no token", "G(T /livez HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"absolute target", "GET http://a/livez HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"authority target", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"asterisk target", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"fragment in the target", "GET /livez#x HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"dot segments", "GET /v1/../livez HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"escaped dot segments", "GET /v1/%2e%2e/livez HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"empty segment", "GET //livez HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"malformed escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"cut escape", "GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"escaped NUL", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"escape that is not UTF-8", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"bytes outside ASCII in the target", "GET /\xEA\xB0\x80 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"repeated query parameter", "GET /livez?a=1&a=2 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"malformed query", "GET /livez?a=%g0 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"Content-Encoding", post + "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"},
        {"Upgrade", get + "Host: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"},
        {"unknown expectation", post + "Expect: nothing\r\nContent-Length: 0\r\n\r\n"},
        {"unknown Connection option", get + "Host: a\r\nConnection: host\r\n\r\n"},
        {"repeated field", get + "Host: a\r\nX-A: b\r\nx-a: c\r\n\r\n"},
        {"target too long", "GET /" + std::string(3'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"},
    };
    std::string many = get + "Host: a\r\n";
    for (int i = 0; i < 100; ++i) many += "X-" + std::to_string(i) + ": b\r\n";
    out.push_back({"too many fields", many + "\r\n"});
    return out;
}

}  // namespace jangbu::test
