// Request and Response as handlers see them: plain data, no HTTP library.
//
// A handler answers exactly once through its Responder, from any thread, now or later (waiting for
// a receipt).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace jangbu::api {

struct Request {
    std::string method;
    std::string path;                   // percent-decoded, without query
    std::vector<std::string> segments;  // of the path
    std::map<std::string, std::string>
        query;  // percent-decoded; a repeated name is refused by the gate
    std::map<std::string, std::string> headers;  // lower-case names
    std::string body;
    bool is_encrypted = false;  // came over TLS

    std::string header(const std::string& lower_name) const {
        const auto at = headers.find(lower_name);
        return at == headers.end() ? std::string() : at->second;
    }
    std::string parameter(const std::string& name) const {
        const auto at = query.find(name);
        return at == query.end() ? std::string() : at->second;
    }
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

using Responder = std::function<void(Response)>;

}  // namespace jangbu::api
