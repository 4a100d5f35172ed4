// Request and Response as handlers see them: plain data, no HTTP library.
//
// A handler answers exactly once through its Responder, from any thread, now or later (waiting for
// a receipt). An answer without an end is a stream.
#pragma once

#include <functional>
#include <map>
#include <memory>
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

// A body that is made while it is sent, for answers that wait for what has not happened yet: the
// session takes a piece, writes it, and takes the next. So a slow reader holds one piece and no
// queue, and who does not read is cut off within the time of one write. The connection closes at
// the end. Called by one session, on its thread: nothing may block; destroyed when the reader is
// gone.
class BodyStream {
public:
    enum class Then { more, wait, end };
    struct Piece {
        std::string text;
        Then then = Then::end;
    };
    virtual ~BodyStream() = default;
    virtual Piece take() = 0;
    // After a piece that says wait: calls `wake` from any thread, at once if there is more already.
    virtual void when_more(std::function<void()> wake) = 0;
    // Sent while nothing comes, so that both sides notice when the other is gone.
    virtual std::string heartbeat() = 0;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::shared_ptr<BodyStream> stream;  // instead of a body
};

using Responder = std::function<void(Response)>;

}  // namespace jangbu::api
