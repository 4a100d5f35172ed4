// The content store over HTTP: tickets open it, whole chunks go in, ranges come out.
#include <charconv>

#include "api/answers.h"
#include "api/service.h"
#include "market/state_keys.h"
#include "node/sample_objects.h"

namespace jangbu::api {
namespace {

constexpr u64 answer_bytes_max = 8 << 20;

Response no_content() {
    Response response;
    response.status = 204;
    return response;
}

struct Range {
    u64 from = 0;
    u64 length = 0;
};

// "bytes=a-b" or "bytes=a-"; one range only. Cut to what one answer carries.
Result<Range> read_range(const Request& request, u64 total) {
    if (!request.headers.contains("range")) return Range{0, std::min(total, answer_bytes_max)};
    const std::string text = request.header("range");
    constexpr std::string_view unit = "bytes=";
    if (!text.starts_with(unit)) return fail(ErrorCode::malformed, "Range takes bytes=FROM-TO");
    const std::size_t dash = text.find('-');
    if (dash == std::string::npos) return fail(ErrorCode::malformed, "Range takes bytes=FROM-TO");
    const u64 from = TRY(
        read_number(text.substr(unit.size(), dash - unit.size()), "FROM of Range", 0, ~u64{0} - 1));
    const std::string to = text.substr(dash + 1);
    const u64 last = to.empty() ? ~u64{0} - 1 : TRY(read_number(to, "TO of Range", 0, ~u64{0} - 1));
    if (from >= total || last < from)
        return fail(ErrorCode::conflict, "Range lies outside the content");
    return Range{from, std::min({last - from + 1, total - from, answer_bytes_max})};
}

// The content store's own word for a full disk or quota is a refusal of this request, not of the
// client's rate.
Response store_problem(const Error& error) {
    if (error.code == ErrorCode::limit_exceeded)
        return problem(413, "limit_exceeded", error.detail);
    return problem(error);
}

}  // namespace

// What a ticket opens for writing: the content of an order, or the sample of a dataset.
Answered<node::Content> Service::content_to_write(const Request& request) const {
    // A follower serves the ledger; the operator's content store is not in it.
    if (node_.following())
        return std::unexpected(
            problem(503, "unavailable", "this node follows another: it keeps no ciphertext"));
    const ledger::SnapshotPtr at = node_.head();
    const bool is_sample = request.segments[1] == "samples";
    const auto subject =
        read_id<market::OrderId>(request.segments[2], is_sample ? "dataset" : "order");
    if (!subject) return std::unexpected(problem(subject.error()));
    const market::SignedTicket signed_ticket = TRY(ticket(request));
    const auto content = is_sample ? node::judge_sample(desk(*at), signed_ticket, subject->bytes)
                                   : node::judge_write(desk(*at), signed_ticket, subject->bytes);
    if (!content) return std::unexpected(problem(content.error()));
    return *content;
}

Response Service::put_leaves(const Request& request) {
    const node::Content content = TRY_HTTP(content_to_write(request));
    if (request.body.size() != content.n * 64)
        return problem(400, "malformed", "two leaf lists of n leaves are 64 n bytes");
    const ByteView both = as_bytes(request.body);
    const Status status =
        store_.put_leaves(content, both.first(both.size() / 2), both.subspan(both.size() / 2));
    return status ? no_content() : store_problem(status.error());
}

Response Service::put_chunks(const Request& request) {
    const u64 first = TRY_HTTP(read_number(request.segments[4], "first chunk", 0, ~u64{0}));
    const node::Content content = TRY_HTTP(content_to_write(request));
    const Status status = store_.put_chunks(content, first, as_bytes(request.body));
    return status ? no_content() : store_problem(status.error());
}

Response Service::get_missing(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto order = TRY_HTTP(read_id<market::OrderId>(request.segments[2], "order"));
    const market::SignedTicket signed_ticket = TRY_HTTP(ticket(request));
    const node::Content content =
        TRY_HTTP(node::judge_progress(desk(*at), signed_ticket, order.bytes));
    const auto missing = TRY_HTTP(store_.missing(content, 1'000));
    Json list = Json::array();
    for (u64 index : missing) list.push_back(std::to_string(index));
    return json_response({{"schema", "jangbu/missing/1"},
                          {"missing", std::move(list)},
                          {"complete", missing.empty()}});
}

Response Service::get_leaves(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto order = TRY_HTTP(read_id<market::OrderId>(request.segments[2], "order"));
    const market::SignedTicket signed_ticket = TRY_HTTP(ticket(request));
    const node::Content content = TRY_HTTP(node::judge_read(desk(*at), signed_ticket, order.bytes));
    const Bytes leaves = TRY_HTTP(store_.leaves(content));
    return bytes_response(leaves);
}

Response Service::get_ciphertext(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto order = TRY_HTTP(read_id<market::OrderId>(request.segments[2], "order"));
    const market::SignedTicket signed_ticket = TRY_HTTP(ticket(request));
    const node::Content content = TRY_HTTP(node::judge_read(desk(*at), signed_ticket, order.bytes));
    const u64 total = node::ciphertext_bytes(content.byte_len, content.n);
    const auto range = read_range(request, total);
    if (!range && range.error().code == ErrorCode::conflict) {
        Response refusal = problem(416, "conflict", range.error().detail);
        refusal.headers.emplace_back("Content-Range", "bytes */" + std::to_string(total));
        return refusal;
    }
    if (!range) return problem(range.error());
    const Bytes bytes = TRY_HTTP(store_.read(content, range->from, range->length));
    Response response = bytes_response(bytes);
    response.status = 206;
    response.headers.emplace_back("Accept-Ranges", "bytes");
    response.headers.emplace_back("Content-Range",
                                  "bytes " + std::to_string(range->from) + "-" +
                                      std::to_string(range->from + range->length - 1) + "/" +
                                      std::to_string(total));
    return response;
}

Response Service::put_sample(const Request& request) {
    const node::Content content = TRY_HTTP(content_to_write(request));
    const market::Sample sample = TRY_HTTP(bcs::decode<market::Sample>(as_bytes(request.body)));
    const auto dataset =
        market::find_dataset(node_.head()->state, market::DatasetId(content.subject));
    if (!dataset) return problem(404, "not_found", "no such dataset");
    if (const Status known = node::check_in_pool(node_.chain(), *dataset, sample.index); !known)
        return problem(known.error());
    const Status status = store_.put_sample(node::sample_chunk(content, sample.index), sample);
    return status ? no_content() : store_problem(status.error());
}

Response Service::get_sample(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto dataset = TRY_HTTP(read_id<market::DatasetId>(request.segments[2], "dataset"));
    const node::Content content = TRY_HTTP(node::sample_content(*at, dataset.bytes));
    u64 index = 0;  // without one in the path: chunk 0, which every pool has
    if (request.segments.size() > 3)
        index = TRY_HTTP(read_number(request.segments[3], "index", 0, content.n - 1));
    const market::Sample sample = TRY_HTTP(store_.sample(node::sample_chunk(content, index)));
    return bytes_response(bcs::encode(sample));
}

}  // namespace jangbu::api
