#include "api/answers.h"

#include <charconv>

namespace jangbu::api {

Response json_response(const Json& json, int status) {
    Response response;
    response.status = status;
    response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return response;
}

Response bytes_response(ByteView bytes) {
    Response response;
    response.content_type = "application/octet-stream";
    response.body.assign(as_text(bytes));
    return response;
}

Result<u64> read_number(const std::string& text, const char* what, u64 least, u64 most) {
    u64 value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < least ||
        value > most)
        return fail(ErrorCode::malformed, std::string(what) + " is a number from " +
                                              std::to_string(least) + " to " +
                                              std::to_string(most));
    return value;
}

Result<u64> read_number_or(const Request& request, const char* name, u64 absent, u64 least,
                           u64 most) {
    if (!request.query.contains(name)) return absent;
    return read_number(request.parameter(name), name, least, most);
}

Result<PageRequest> page_request(const Request& request, std::string_view asked_by) {
    constexpr u64 page_most = 100;
    PageRequest out;
    out.limit = TRY(read_number_or(request, "limit", 20, 1, page_most));
    out.question = request.path + "\n" + std::string(asked_by) + "\n";
    for (const auto& [name, value] : request.query)
        if (name != "limit" && name != "cursor" && name != "facets")
            out.question += name + "=" + value + "\n";
    out.after = TRY(read_cursor(request.parameter("cursor"), out.question));
    return out;
}

Json next_of(const std::optional<Position>& next, const PageRequest& request) {
    return next ? Json(write_cursor(*next, request.question)) : Json();
}

}  // namespace jangbu::api
