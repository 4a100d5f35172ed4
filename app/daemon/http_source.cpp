#include "app/daemon/http_source.h"

#include "market/types.h"
#include "node/clock.h"

namespace jangbu::app {
namespace {

constexpr u64 pass_life_ms = 10 * 60'000;
constexpr u64 timeout_ms = 60'000;
constexpr u32 keys_tried = 16;

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

Result<node::FollowStream> HttpSource::blocks(u64 from_height) {
    client::HttpRequest request;
    request.path = "/v1/blocks?from=" + std::to_string(from_height);
    request.authorization = pass();
    request.timeout_ms = timeout_ms;
    request.answer_bytes_max = node::stream_answer_max;
    const client::HttpAnswer answer = TRY(http_.send(request));
    if (answer.status != 200)
        return std::unexpected(client::problem_error(answer.status, answer.body));
    return bcs::decode<node::FollowStream>(answer.body);
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
