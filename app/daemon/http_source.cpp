#include "app/daemon/http_source.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "ledger/header_file.h"
#include "market/types.h"
#include "node/clock.h"

namespace jangbu::app {
namespace {

constexpr u64 pass_life_ms = 10 * 60'000;
constexpr u64 timeout_ms = 60'000;
constexpr u32 keys_tried = 16;
constexpr std::size_t list_bytes_max = 1 << 20;
constexpr std::size_t document_answer_max = ledger::limits::document_bytes_max + 1'024;
constexpr int http_gone = 410;
constexpr std::size_t headers_bytes_max =
    16 + node::header_range_max * ledger::HeaderFile::header_bytes;

}  // namespace

HttpSource::HttpSource(const std::string& url, const ledger::ChainId& chain, Reader reader)
    : http_(url), node_(url), chain_(chain), reader_(std::move(reader)) {}

const std::string& HttpSource::pass() {
    const u64 now_ms = node::wall_clock()();
    if (pass_until_ms_ < now_ms + pass_life_ms / 2 || pass_until_ms_ > now_ms + pass_life_ms) {
        pass_until_ms_ = now_ms + pass_life_ms;
        const market::ReadPass pass{chain_, reader_.org, pass_until_ms_};
        pass_ = "Jangbu-Pass " + to_base64url(bcs::encode(market::sign(pass, reader_.key)));
    }
    return pass_;
}

Result<client::HttpAnswer> HttpSource::ask(const std::string& path, std::size_t bytes_max) {
    client::HttpRequest request;
    request.path = path;
    request.authorization = pass();
    request.timeout_ms = timeout_ms;
    request.answer_bytes_max = bytes_max;
    return http_.send(request);
}

Result<Bytes> HttpSource::get(const std::string& path, std::size_t bytes_max) {
    client::HttpAnswer answer = TRY(ask(path, bytes_max));
    if (answer.status != 200)
        return std::unexpected(client::problem_error(answer.status, answer.body));
    return std::move(answer.body);
}

Result<node::FollowStream> HttpSource::blocks(u64 from_height) {
    return bcs::decode<node::FollowStream>(
        TRY(get("/v1/blocks?from=" + std::to_string(from_height), node::stream_answer_max)));
}

Result<std::vector<u64>> HttpSource::snapshots() {
    const Bytes body = TRY(get("/v1/snapshots", list_bytes_max));
    const auto json = nlohmann::json::parse(body, nullptr, false);
    std::vector<u64> heights;
    const auto list = json.is_object() ? json.find("snapshots") : json.end();
    if (list == json.end() || !list->is_array())
        return fail(ErrorCode::malformed, "the list of snapshots is none");
    for (const auto& one : *list) {
        const auto height = one.is_object() ? one.find("height") : one.end();
        u64 number = 0;
        const std::string text =
            height != one.end() && height->is_string() ? height->get<std::string>() : "";
        const char* end = text.data() + text.size();
        const auto read = std::from_chars(text.data(), end, number);
        if (text.empty() || read.ec != std::errc() || read.ptr != end)
            return fail(ErrorCode::malformed, "the list of snapshots lacks a height");
        heights.push_back(number);
    }
    return heights;
}

Result<node::HeaderRange> HttpSource::headers(u64 from) {
    return bcs::decode<node::HeaderRange>(
        TRY(get("/v1/headers?from=" + std::to_string(from), headers_bytes_max)));
}

Result<Bytes> HttpSource::manifest(u64 height) {
    return get("/v1/snapshots/" + std::to_string(height) + "/manifest",
               ledger::limits::snapshot_manifest_bytes_max);
}

Result<Bytes> HttpSource::chunk(u64 height, std::size_t number) {
    return get("/v1/snapshots/" + std::to_string(height) + "/chunks/" + std::to_string(number),
               ledger::limits::snapshot_file_bytes_max);
}

Result<Bytes> HttpSource::document(const ledger::DocumentHash& hash) {
    client::HttpAnswer answer = TRY(ask("/v1/documents/" + hash.hex(), document_answer_max));
    if (answer.status == 200) return std::move(answer.body);
    Error error = client::problem_error(answer.status, answer.body);
    if (answer.status == http_gone) error.code = ErrorCode::not_found;
    return std::unexpected(std::move(error));
}

Result<ledger::SignedHeader> HttpSource::header(u64 height) {
    const client::SignedHead head = TRY(node_.header(height));
    return ledger::SignedHeader{head.header, head.finality};
}

Status HttpSource::publish(const node::Cosignature& cosignature) {
    const Bytes body = bcs::encode(cosignature);
    client::HttpRequest request;
    request.method = "POST";
    request.path = "/v1/cosignatures";
    request.content_type = "application/octet-stream";
    request.body = body;
    request.timeout_ms = timeout_ms;
    const client::HttpAnswer answer = TRY(http_.send(request));
    if (answer.status == 204) return {};
    return std::unexpected(client::problem_error(answer.status, answer.body));
}

Result<Reader> find_reader(const crypto::OrganisationSecret& secret,
                           const ledger::StateReader& state, std::optional<ledger::OrgId> org) {
    using crypto::Purpose;
    crypto::SigningKey exported(secret.bytes());
    if (const auto known = ledger::find_key_by_bytes(state, exported.public_key().bytes))
        return Reader{std::move(exported), known->org};
    for (const Purpose purpose :
         {Purpose::witness, Purpose::operate, Purpose::certify, Purpose::transact})
        for (u32 n = 0; n < keys_tried; ++n) {
            crypto::SigningKey key = secret.signing_key(purpose, n);
            const auto known = ledger::find_key_by_bytes(state, key.public_key().bytes);
            if (known) return Reader{std::move(key), known->org};
        }
    if (org) return Reader{std::move(exported), *org};
    return fail(ErrorCode::usage,
                "the key is in none of the blocks that are here yet: name its organisation with "
                "--org");
}

}  // namespace jangbu::app
