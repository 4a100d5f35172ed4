#include "client/node_url.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <memory>

#include "crypto/tls_identity.h"

namespace jangbu::client {
namespace {

struct Release {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlPtr = std::unique_ptr<CURLU, Release>;

std::string part_of(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
    std::string out(text);
    curl_free(text);
    return out;
}

// By the host alone: a name that only looks like a loopback address is somebody else's.
bool names_loopback(const std::string& host) {
    in_addr four{};
    if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    return host == "localhost" || host == "[::1]";
}

std::unexpected<Error> bad_url(const std::string& base, const char* why) {
    return fail(ErrorCode::usage, "node URL " + base + ": " + why);
}

}  // namespace

Result<NodeUrl> read_node_url(const std::string& text) {
    const UrlPtr url(curl_url());
    if (!url) return fail(ErrorCode::unavailable, "the HTTP library does not start");
    if (const CURLUcode wrong = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0))
        return bad_url(text, curl_url_strerror(wrong));
    const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
    const std::string host = part_of(url.get(), CURLUPART_HOST);
    const std::string port = part_of(url.get(), CURLUPART_PORT);
    const std::string path = part_of(url.get(), CURLUPART_PATH);
    NodeUrl out;
    out.base = scheme + "://" + host + (port.empty() ? "" : ":" + port);
    out.pin = part_of(url.get(), CURLUPART_FRAGMENT);
    out.is_loopback = names_loopback(host);
    const bool has_user = !part_of(url.get(), CURLUPART_USER).empty() ||
                          !part_of(url.get(), CURLUPART_PASSWORD).empty();
    if (has_user || path.find_first_not_of('/') != std::string::npos ||
        !part_of(url.get(), CURLUPART_QUERY).empty())
        return bad_url(out.base, "is written http://HOST:PORT or https://HOST:PORT#PIN, no more");
    if (scheme == "http") {
        if (!out.is_loopback)
            return bad_url(out.base,
                           "plain http is for loopback alone; ask the operator for the https URL "
                           "that `jangbud tls show` prints");
        if (!out.pin.empty()) return bad_url(out.base, "a pin belongs to https");
        return out;
    }
    if (scheme != "https") return bad_url(out.base, "is neither http nor https");
    if (out.pin.empty())
        return bad_url(out.base,
                       "https needs the pin of the node's key, https://HOST:PORT#sha256//BASE64: "
                       "ask the operator for what `jangbud tls show` prints");
    if (!crypto::is_tls_pin(out.pin))
        return bad_url(out.base,
                       "what stands behind # is no pin (sha256//, 43 digits of base64, =)");
    return out;
}

}  // namespace jangbu::client
