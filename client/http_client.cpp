#include "client/http_client.h"

#include <curl/curl.h>

namespace jangbu::client {
namespace {

constexpr long connect_timeout_ms = 10'000;

struct Sink {
    Bytes* body;
    std::size_t bytes_max;
    bool overflow = false;
};

std::size_t receive(char* bytes, std::size_t, std::size_t count, void* user) {
    Sink& sink = *static_cast<Sink*>(user);
    if (sink.body->size() + count > sink.bytes_max) {
        sink.overflow = true;
        return 0;
    }
    const u8* from = reinterpret_cast<const u8*>(bytes);
    sink.body->insert(sink.body->end(), from, from + count);
    return count;
}

// The library's own start-up is not thread-safe; a static is.
bool library_started() {
    static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return started;
}

class HeaderList {
public:
    ~HeaderList() { curl_slist_free_all(list_); }
    HeaderList() = default;
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;

    void add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
    curl_slist* get() const { return list_; }

private:
    curl_slist* list_ = nullptr;
};

// The pin takes the place of certification authorities, names and dates: it alone says who this is.
void demand_key(CURL* curl, const std::string& pin) {
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_3);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pin.c_str());
}

}  // namespace

struct HttpClient::Handle {
    CURL* curl = library_started() ? curl_easy_init() : nullptr;
    ~Handle() { curl_easy_cleanup(curl); }
};

HttpClient::HttpClient(const std::string& node_url)
    : url_(read_node_url(node_url)),
      base_url_(url_ ? url_->base : node_url),
      handle_(std::make_unique<Handle>()) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpAnswer> HttpClient::send(const HttpRequest& request) {
    if (!url_) return std::unexpected(url_.error());
    CURL* curl = handle_->curl;
    if (!curl) return fail(ErrorCode::unavailable, "the HTTP library does not start");
    curl_easy_reset(curl);  // options only: the connection stays

    HttpAnswer answer;
    Sink sink{&answer.body, request.answer_bytes_max};
    HeaderList headers;
    headers.add("Expect:");  // no extra round trip before a body
    headers.add("Accept:");
    if (!request.authorization.empty()) headers.add("Authorization: " + request.authorization);
    headers.add("Content-Type:" + (request.content_type.empty() ? "" : " " + request.content_type));

    const std::string url = base_url_ + request.path;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
    if (url_->is_loopback) curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (!url_->pin.empty()) demand_key(curl, url_->pin);
    if (!request.range.empty()) curl_easy_setopt(curl, CURLOPT_RANGE, request.range.c_str());
    if (request.method != "GET") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(
            curl, CURLOPT_POSTFIELDS,
            request.body.empty() ? "" : reinterpret_cast<const char*>(request.body.data()));
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }

    const CURLcode code = curl_easy_perform(curl);
    if (sink.overflow)
        return fail(ErrorCode::limit_exceeded, "the answer to " + request.path + " is too large");
    if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        return fail(ErrorCode::verification_failed,
                    base_url_ +
                        " shows another key than the one pinned in its URL: nothing was sent. Ask "
                        "the operator, and not this host, what happened");
    if (code != CURLE_OK)
        return fail(ErrorCode::unavailable,
                    "no answer from " + base_url_ + ": " + curl_easy_strerror(code));
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    const char* content_type = nullptr;
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &content_type);
    if (content_type) answer.content_type = content_type;
    return answer;
}

std::string url_escaped(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const u8 byte = static_cast<u8>(c);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || c == '-' || c == '.' || c == '_' ||
                           c == '~';
        if (plain) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(hex[byte >> 4]);
            out.push_back(hex[byte & 15]);
        }
    }
    return out;
}

}  // namespace jangbu::client
