// How endpoints read parameters and shape answers.
#pragma once

#include "api/http.h"
#include "api/json_records.h"
#include "api/page.h"
#include "api/problem.h"
#include "node/node.h"

namespace jangbu::api {

Response json_response(const Json& json, int status = 200);
Response bytes_response(ByteView bytes);

// {"schema", ...fields, "record": canonical bytes, "at": {height, header_hash}}
template <class Record>
Json record_json(std::string_view schema, const Record& record, const ledger::Snapshot& at) {
    Json out{{"schema", schema}};
    out.update(to_json(record));
    out["record"] = to_base64url(bcs::encode(record));
    out["at"] = {{"height", std::to_string(at.header.height)}, {"header_hash", at.hash.hex()}};
    return out;
}

// How far a follower is; null of a node that orders.
Json following_json(const node::Node& node);

// An id in the path or query; malformed names it.
template <class Id>
Result<Id> read_id(const std::string& text, const char* what) {
    const auto id = Id::from_hex(text);
    if (!id) return fail(ErrorCode::malformed, std::string(what) + " is 64 lower-case hex digits");
    return *id;
}
Result<u64> read_number(const std::string& text, const char* what, u64 least, u64 most);
// A parameter that may be absent; without a value it is malformed.
Result<u64> read_number_or(const Request& request, const char* name, u64 absent, u64 least,
                           u64 most);

// `limit` and `cursor` of a list. The question is the path, all other parameters and what else the
// answer hangs on.
struct PageRequest {
    std::size_t limit = 0;
    std::optional<Position> after;
    std::string question;
};
Result<PageRequest> page_request(const Request& request, std::string_view asked_by);
Json next_of(const std::optional<Position>& next, const PageRequest& request);

}  // namespace jangbu::api

// TRY for endpoints: an Error becomes its problem response; a Response is one already.
#define TRY_HTTP(expression)                                                  \
    __extension__({                                                           \
        auto&& try_http_ = (expression);                                      \
        if (!try_http_) return ::jangbu::api::as_response(try_http_.error()); \
        std::move(try_http_).value();                                         \
    })
