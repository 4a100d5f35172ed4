// What followers and witnesses ask of a node: blocks in a row, and where cosignatures go and come
// from.
#include "api/answers.h"
#include "api/service.h"
#include "market/market_rules.h"
#include "node/cosignatures.h"
#include "node/follow_stream.h"

namespace jangbu::api {
// A block tells everything that members agreed on among themselves: whoever may read all of it was
// given that role by the ledger.
bool Service::reads_blocks(const ledger::Snapshot& at, const ledger::OrgId& org) {
    constexpr u16 roles = ledger::role_validator | ledger::role_auditor;
    const auto organisation = ledger::find_organisation(at.state, org);
    return organisation && (organisation->roles & roles) != 0;
}

Answered<void> Service::check_reads_blocks(const Request& request,
                                           const ledger::Snapshot& at) const {
    const ledger::OrgId org = TRY(party(request, at));
    if (!reads_blocks(at, org))
        return std::unexpected(
            problem(403, "not_allowed", "blocks are read by validators and auditors"));
    return {};
}

Response Service::get_blocks(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    if (const auto allowed = check_reads_blocks(request, *at); !allowed) return allowed.error();
    const u64 from = TRY_HTTP(read_number(request.parameter("from"), "from", 1, ~u64{0}));
    const market::MarketRules rules;
    const node::FollowStream stream = TRY_HTTP(node::read_stream(node_.chain(), rules, from));
    return bytes_response(bcs::encode(stream));
}

// The cosignature speaks for itself: no pass is asked for.
Response Service::post_cosignature(const Request& request) {
    if (request.header("content-type") != "application/octet-stream")
        return problem(415, "unsupported_media_type", "a cosignature is application/octet-stream");
    const auto cosignature = TRY_HTTP(bcs::decode<node::Cosignature>(as_bytes(request.body)));
    if (const Status added = node_.add_cosignature(cosignature); !added)
        return problem(added.error());
    Response response;
    response.status = 204;
    return response;
}

Response Service::get_cosignatures(const Request& request) {
    const u64 height = TRY_HTTP(read_number(request.segments[2], "height", 1, ~u64{0}));
    Json list = Json::array();
    for (const ledger::jbproof::Cosigned& by : node_.cosignatures().of(height))
        list.push_back({{"key", by.key.hex()}, {"signature", to_base64url(by.signature)}});
    return json_response({{"schema", "jangbu/cosignatures/1"},
                          {"height", std::to_string(height)},
                          {"cosignatures", std::move(list)}});
}

Json following_json(const node::Node& node) {
    const auto following = node.following();
    if (!following) return {};
    const u64 height = node.head()->header.height;
    const u64 source = following->source_height.value_or(height);
    const auto trouble = node.paused();
    const auto text = [](const std::optional<u64>& number) {
        return number ? Json(std::to_string(*number)) : Json();
    };
    return {{"source", following->source},
            {"source_height", text(following->source_height)},
            {"source_time_ms", text(following->source_time_ms)},
            {"lag_blocks", std::to_string(source > height ? source - height : 0)},
            {"trouble", trouble ? Json(*trouble) : Json()},
            {"witness", following->witness ? Json(following->witness->hex()) : Json()},
            {"cosigned_height", std::to_string(following->cosigned_height)},
            {"refusal", following->refusal ? Json(*following->refusal) : Json()}};
}

}  // namespace jangbu::api
