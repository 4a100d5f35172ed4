// NodeUrl: where a node is and by which key it is known: http://127.0.0.1:8640, or
// https://HOST:8640#sha256//BASE64, as `jangbud tls show` prints it.
//
// A pin is demanded for https, because no third party can vouch that this host is the node that the
// operator meant, and plain http is for loopback alone. Threads: pure. Errors: usage (with what to
// write instead).
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::client {

struct NodeUrl {
    std::string base;          // without pin, path or final slash
    std::string pin;           // "sha256//BASE64", "" for http
    bool is_loopback = false;  // never through a proxy
};

Result<NodeUrl> read_node_url(const std::string& text);

}  // namespace jangbu::client
