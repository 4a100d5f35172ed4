// Makers of jbproof/1 files. The library's compact dump of an ASCII object is its JCS form.
#include <nlohmann/json.hpp>

#include "ledger/jbproof.h"

namespace jangbu::ledger::jbproof {
namespace {

using Json = nlohmann::json;

Json nodes_of(std::span<const Hash> nodes) {
    Json list = Json::array();
    for (const Hash& node : nodes) list.push_back(to_hex(node));
    return list;
}

Json list_path(u64 index, u64 size, std::span<const Hash> nodes) {
    return {{"index", index}, {"size", size}, {"nodes", nodes_of(nodes)}};
}

Json past_header_path(const Snapshot& at, u64 height) {
    return list_path(height, at.header.height, at.history->inclusion(height, at.header.height));
}

template <class Record>
std::string text_of(const Record& record) {
    return to_base64url(bcs::encode(record));
}

std::string file_of(const char* kind, Json subject, Json paths, const Genesis& genesis,
                    const Snapshot& at) {
    const Json finality = {{"kind", "solo"},
                           {"chain", Json::array()},
                           {"key", at.finality.key.hex()},
                           {"signature", to_base64url(at.finality.signature)}};
    const Json proof = {{"format", "jbproof/1"},         {"kind", kind},
                        {"subject", std::move(subject)}, {"paths", std::move(paths)},
                        {"header", text_of(at.header)},  {"finality", finality},
                        {"cosignatures", Json::array()}, {"anchors", Json::array()},
                        {"genesis", text_of(genesis)}};
    return proof.dump();
}

}  // namespace

std::string prove_state(const Genesis& genesis, const Snapshot& at, const StateKey& key) {
    const Bytes* value = at.state.find(key);
    Json subject = {{"state_key", to_base64url(key)}};
    if (value) subject["value"] = to_base64url(*value);
    const Json path = {{"state", text_of(at.state.prove(key))}};
    return file_of(value ? "state" : "absence", std::move(subject), Json::array({path}), genesis,
                   at);
}

std::string prove_transaction(const Genesis& genesis, const Snapshot& at, const TxId& id,
                              const Signature& signature, u64 index, std::span<const Hash> leaves) {
    Json subject = {{"txid", id.hex()}, {"signature", to_base64url(signature)}};
    const Json path = list_path(index, leaves.size(), crypto::merkle::inclusion(index, leaves));
    return file_of("transaction", std::move(subject), Json::array({path}), genesis, at);
}

std::string prove_receipt(const Genesis& genesis, const Snapshot& at, ByteView receipt, u64 index,
                          std::span<const Hash> leaves) {
    Json subject = {{"receipt", to_base64url(receipt)}};
    const Json path = list_path(index, leaves.size(), crypto::merkle::inclusion(index, leaves));
    return file_of("receipt", std::move(subject), Json::array({path}), genesis, at);
}

std::string prove_history(const Genesis& genesis, const Snapshot& at, const Header& older) {
    return file_of("history", {{"header", text_of(older)}},
                   Json::array({past_header_path(at, older.height)}), genesis, at);
}

std::string prove_consistency(const Genesis& genesis, const Snapshot& at, const Header& older) {
    const Json growth = {
        {"first", older.height},
        {"second", at.header.height},
        {"nodes", nodes_of(at.history->consistency(older.height, at.header.height))}};
    return file_of("consistency", {{"header", text_of(older)}},
                   Json::array({growth, past_header_path(at, older.height)}), genesis, at);
}

}  // namespace jangbu::ledger::jbproof
