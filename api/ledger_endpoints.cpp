// What the ledger answers to readers: heads, headers, blocks, members, parameters, documents.
#include <algorithm>

#include "api/answers.h"
#include "api/service.h"
#include "market/parameters.h"
#include "node/cosignatures.h"

namespace jangbu::api {
namespace {

Json head_json(const ledger::Header& header, const ledger::SoloFinality& finality) {
    Json out{{"schema", "jangbu/head/1"}};
    out["height"] = std::to_string(header.height);
    out["time_ms"] = std::to_string(header.time_ms);
    out["market_time_ms"] = std::to_string(header.market_time_ms);
    out["header"] = to_base64url(bcs::encode(header));
    out["header_hash"] = ledger::header_hash(header).hex();
    out["finality"] = {{"key", finality.key.hex()},
                       {"signature", to_base64url(finality.signature)}};
    return out;
}

Json memory_json(const node::MemoryWatch& memory) {
    return {{"bytes", std::to_string(memory.used_bytes())},
            {"limit_bytes", std::to_string(memory.limit_bytes())},
            {"level", node::name(memory.level())}};
}

const char* class_name(u8 access) {
    switch (access) {
        case static_cast<u8>(ledger::DocumentClass::public_):
            return "public";
        case static_cast<u8>(ledger::DocumentClass::evidence):
            return "evidence";
        case static_cast<u8>(ledger::DocumentClass::personal):
            return "personal";
        default:
            return "parties";
    }
}

}  // namespace

Response Service::get_status(const Request&) {
    const ledger::SnapshotPtr at = node_.head();
    return json_response({{"schema", "jangbu/status/1"},
                          {"chain_id", node_.chain().id().hex()},
                          {"name", node_.chain().genesis().name},
                          {"height", std::to_string(at->header.height)},
                          {"base_height", std::to_string(node_.chain().base_height())},
                          {"header_hash", at->hash.hex()},
                          {"time_ms", std::to_string(at->header.time_ms)},
                          {"market_time_ms", std::to_string(at->header.market_time_ms)},
                          {"protocol_version", at->header.protocol_version},
                          {"software", "jangbud 0.1"},
                          {"validator", node_.validator().hex()},
                          {"operator_org", node_.operator_org().hex()},
                          {"pending", node_.pending()},
                          {"cosigned_height", std::to_string(node_.cosignatures().newest_height())},
                          {"memory", memory_json(node_.memory())},
                          {"following", following_json(node_)}});
}

Response Service::get_genesis(const Request&) {
    return bytes_response(genesis_file_);
}

Response Service::get_head(const Request&) {
    const ledger::SnapshotPtr at = node_.head();
    return json_response(head_json(at->header, at->finality));
}

Response Service::get_header(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const u64 height = TRY_HTTP(read_number(request.segments[2], "height", 0, ~u64{0}));
    if (height > at->header.height)
        return problem(404, "not_found", "the ledger has no such height yet");
    if (height == 0)
        return json_response(head_json(ledger::header_zero(node_.chain().genesis()), {}));
    const ledger::SignedHeader header = TRY_HTTP(node_.chain().header(height));
    return json_response(head_json(header.header, header.finality));
}

Response Service::get_block(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    if (const auto allowed = check_reads_blocks(request, *at); !allowed) return allowed.error();
    const u64 height = TRY_HTTP(read_number(request.segments[2], "height", 1, ~u64{0}));
    if (height > at->header.height)
        return problem(404, "not_found", "the ledger has no such height yet");
    const ledger::BlockRecord block = TRY_HTTP(node_.chain().blocks().block(height));
    Json out = head_json(block.header, block.finality);
    out["schema"] = "jangbu/block/1";
    out["input"] = to_base64url(block.input);
    out["receipts"] = Json::array();
    for (const Bytes& receipt : block.receipts) out["receipts"].push_back(to_base64url(receipt));
    return json_response(out);
}

Response Service::get_organisation(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto id = TRY_HTTP(read_id<ledger::OrgId>(request.segments[2], "organisation"));
    const auto record = ledger::find_organisation(at->state, id);
    if (!record) return problem(404, "not_found", "no such organisation");
    Json out = record_json("jangbu/organisation/1", *record, *at);
    out["keys"] = Json::array();
    const auto keys = TRY_HTTP(index_.keys(id));
    for (const ledger::KeyId& key_id : keys) {
        const auto key = ledger::find_key(at->state, key_id);
        if (!key) continue;  // the index is ahead of this snapshot
        Json item = record_json("jangbu/key/1", *key, *at);
        item["key_id"] = key_id.hex();
        out["keys"].push_back(std::move(item));
    }
    return json_response(out);
}

Response Service::get_key(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto id = TRY_HTTP(read_id<ledger::KeyId>(request.segments[2], "key id"));
    const auto record = ledger::find_key(at->state, id);
    if (!record) return problem(404, "not_found", "no such key");
    Json out = record_json("jangbu/key/1", *record, *at);
    out["key_id"] = id.hex();
    return json_response(out);
}

Response Service::get_parameters(const Request&) {
    const ledger::SnapshotPtr at = node_.head();
    Json list = Json::array();
    for (const ledger::NumberParameter& p : market::all_parameters()) {
        const u64 value = ledger::number(at->state, p, at->header.height + 1);
        list.push_back({{"name", p.name},
                        {"value", std::to_string(value)},
                        {"min", std::to_string(p.least)},
                        {"max", std::to_string(p.most)}});
    }
    const auto treasury =
        ledger::organisation(at->state, market::parameters::treasury, at->header.height + 1);
    return json_response({{"schema", "jangbu/parameters/1"},
                          {"parameters", std::move(list)},
                          {"treasury", treasury ? Json(treasury->hex()) : Json()}});
}

Response Service::get_document(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const auto hash = TRY_HTTP(read_id<ledger::DocumentHash>(request.segments[2], "document"));
    const auto document = node_.chain().documents().find(hash);
    if (!document) {
        const auto tombstone = TRY_HTTP(node_.chain().tombstone(hash));
        if (!tombstone) return problem(404, "not_found", "no such document");
        return problem(410, "pruned",
                       "this document was pruned at height " +
                           std::to_string(tombstone->pruned_height) +
                           ": the time for which its "
                           "class (" +
                           class_name(tombstone->document.access) +
                           ") is kept has passed; the last block that names it is " +
                           std::to_string(tombstone->height));
    }
    const auto access = TRY_HTTP(index_.document_access(hash));
    if (!access.is_public) {
        const ledger::OrgId org = TRY_HTTP(party(request, *at));
        const bool is_party = std::ranges::find(access.parties, org) != access.parties.end();
        if (!is_party && !reads_blocks(*at, org))  // whose blocks bring their documents along
            return problem(403, "not_allowed", "this document is for its parties");
    }
    Response response = bytes_response(bcs::encode(*document));
    if (!access.is_public) response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

}  // namespace jangbu::api
