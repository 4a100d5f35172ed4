#include "api/header_gate.h"

#include <algorithm>
#include <charconv>

namespace jangbu::api {
namespace {

std::unexpected<Error> refuse(const char* what) {
    return fail(ErrorCode::malformed, what);
}

bool is_token(std::string_view text) {  // RFC 9110 section 5.6.2
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               marks.find(c) != std::string_view::npos;
    });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view trim(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out.push_back(' ');
        } else if (text[i] == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const auto byte = from_hex(lower(text.substr(i + 1, 2)));
            if (!byte) return std::nullopt;
            out.push_back(static_cast<char>((*byte)[0]));
            i += 2;
        } else {
            out.push_back(text[i]);
        }
    }
    if (out.find('\0') != std::string::npos || !is_utf8(as_bytes(out))) return std::nullopt;
    return out;
}

// Takes one line off `rest`. Every line ends in CRLF; a bare CR or LF anywhere is refused.
Result<std::string_view> take_line(std::string_view& rest) {
    const std::size_t end = rest.find("\r\n");
    if (end == std::string_view::npos) return refuse("a line does not end in CRLF");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    for (char c : line) {
        const auto byte = static_cast<u8>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7F)
            return refuse("control character in the head");
    }
    return line;
}

Status read_target(std::string_view target, Request& request) {
    if (target.size() > target_bytes_max) return refuse("request target too long");
    if (target.empty() || target[0] != '/') return refuse("request target is not an absolute path");
    if (target.find('#') != std::string_view::npos) return refuse("fragment in the request target");
    for (char c : target)
        if (static_cast<u8>(c) <= 0x20 || static_cast<u8>(c) >= 0x7F)
            return refuse("character outside ASCII in the target");
    const std::size_t mark = target.find('?');
    if (mark != std::string_view::npos) request.query = TRY(read_query(target.substr(mark + 1)));
    const auto path = percent_decoded(target.substr(0, mark), false);
    if (!path) return refuse("malformed escape in the path");
    request.path = *path;
    std::string_view rest = std::string_view(*path).substr(1);
    while (!rest.empty()) {
        const std::size_t slash = rest.find('/');
        const std::string_view segment = rest.substr(0, slash);
        if (segment.empty() || segment == "." || segment == "..")
            return refuse("empty or dot segment in the path");
        request.segments.emplace_back(segment);
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    return {};
}

Status read_request_line(std::string_view line, Head& head) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return refuse("request line needs method, target, version");
    head.request.method = std::string(line.substr(0, first));
    if (!is_token(head.request.method) || head.request.method.size() > 16)
        return refuse("method is not a token");
    if (line.substr(last + 1) != "HTTP/1.1") return refuse("only HTTP/1.1 is spoken here");
    return read_target(line.substr(first + 1, last - first - 1), head.request);
}

Status read_fields(std::string_view rest, Head& head) {
    std::size_t count = 0;
    while (true) {
        const std::string_view line = TRY(take_line(rest));
        if (line.empty()) break;
        if (line[0] == ' ' || line[0] == '\t') return refuse("folded header line");
        if (++count > header_fields_max) return refuse("too many header fields");
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return refuse("header line without a colon");
        if (!is_token(line.substr(0, colon))) return refuse("header name is not a token");
        const std::string name = lower(line.substr(0, colon));
        if (!head.request.headers.emplace(name, trim(line.substr(colon + 1))).second) {
            // A list header may repeat in HTTP, but none that this server reads needs to.
            return refuse("repeated header field");
        }
    }
    if (!rest.empty()) return refuse("bytes after the head");
    return {};
}

Status check_framing(Head& head) {
    const auto& fields = head.request.headers;
    if (!fields.contains("host") || fields.at("host").empty()) return refuse("no Host field");
    const auto length = fields.find("content-length");
    const auto coding = fields.find("transfer-encoding");
    if (length != fields.end() && coding != fields.end())
        return refuse("Transfer-Encoding and Content-Length");
    if (coding != fields.end()) {
        if (coding->second != "chunked") return refuse("Transfer-Encoding other than chunked");
        head.chunked = true;
    }
    if (length != fields.end()) {
        const std::string& text = length->second;
        u64 value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || error != std::errc() || end != text.data() + text.size())
            return refuse("Content-Length is not one number");
        head.content_length = value;
    }
    if (fields.contains("content-encoding")) return refuse("Content-Encoding is not accepted");
    if (fields.contains("upgrade")) return refuse("Upgrade is not accepted");
    if (const auto expect = fields.find("expect");
        expect != fields.end() && lower(expect->second) != "100-continue")
        return refuse("unknown expectation");
    if (const auto connection = fields.find("connection"); connection != fields.end()) {
        const std::string value = lower(connection->second);
        if (value == "close")
            head.keep_alive = false;
        else if (value != "keep-alive")
            return refuse("unknown Connection option");
    }
    return {};
}

}  // namespace

Result<std::map<std::string, std::string>> read_query(std::string_view query) {
    std::map<std::string, std::string> out;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        const std::size_t equals = pair.find('=');
        const auto name = percent_decoded(pair.substr(0, equals), true);
        const auto value = equals == std::string_view::npos
                               ? std::optional<std::string>("")
                               : percent_decoded(pair.substr(equals + 1), true);
        if (!name || name->empty() || !value) return refuse("malformed query");
        if (!out.emplace(*name, *value).second) return refuse("repeated query parameter");
        if (end == std::string_view::npos) break;
        query.remove_prefix(end + 1);
    }
    return out;
}

Result<Head> read_head(std::string_view text) {
    if (text.size() > head_bytes_max) return refuse("head too long");
    if (text.find('\0') != std::string_view::npos) return refuse("NUL in the head");
    Head head;
    const std::string_view request_line = TRY(take_line(text));
    TRY(read_request_line(request_line, head));
    TRY(read_fields(text, head));
    TRY(check_framing(head));
    return head;
}

}  // namespace jangbu::api
