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
                    const Snapshot& at, CosignedBy witnesses) {
    Json cosignatures = Json::array();
    for (const Cosigned& by : witnesses)
        cosignatures.push_back({{"key", by.key.hex()}, {"signature", to_base64url(by.signature)}});
    const Json finality = {{"kind", "solo"},
                           {"chain", Json::array()},
                           {"key", at.finality.key.hex()},
                           {"signature", to_base64url(at.finality.signature)}};
    const Json proof = {{"format", "jbproof/1"},         {"kind", kind},
                        {"subject", std::move(subject)}, {"paths", std::move(paths)},
                        {"header", text_of(at.header)},  {"finality", finality},
                        {"cosignatures", cosignatures},  {"anchors", Json::array()},
                        {"genesis", text_of(genesis)}};
    return proof.dump();
}

}  // namespace

std::string prove_state(const Genesis& genesis, const Snapshot& at, const StateKey& key,
                        CosignedBy witnesses) {
    const std::optional<ByteView> value = at.state.find(key);
    Json subject = {{"state_key", to_base64url(key)}};
    if (value) subject["value"] = to_base64url(*value);
    const Json path = {{"state", text_of(at.state.prove(key))}};
    return file_of(value ? "state" : "absence", std::move(subject), Json::array({path}), genesis,
                   at, witnesses);
}

std::string prove_transaction(const Genesis& genesis, const Snapshot& at, const TxId& id,
                              const Signature& signature, u64 index, std::span<const Hash> leaves,
                              CosignedBy witnesses) {
    Json subject = {{"txid", id.hex()}, {"signature", to_base64url(signature)}};
    const Json path = list_path(index, leaves.size(), crypto::merkle::inclusion(index, leaves));
    return file_of("transaction", std::move(subject), Json::array({path}), genesis, at, witnesses);
}

std::string prove_receipt(const Genesis& genesis, const Snapshot& at, ByteView receipt, u64 index,
                          std::span<const Hash> leaves, CosignedBy witnesses) {
    Json subject = {{"receipt", to_base64url(receipt)}};
    const Json path = list_path(index, leaves.size(), crypto::merkle::inclusion(index, leaves));
    return file_of("receipt", std::move(subject), Json::array({path}), genesis, at, witnesses);
}

std::string prove_history(const Genesis& genesis, const Snapshot& at, const Header& older,
                          CosignedBy witnesses) {
    return file_of("history", {{"header", text_of(older)}},
                   Json::array({past_header_path(at, older.height)}), genesis, at, witnesses);
}

std::string prove_consistency(const Genesis& genesis, const Snapshot& at, const Header& older,
                              CosignedBy witnesses) {
    const Json growth = {
        {"first", older.height},
        {"second", at.header.height},
        {"nodes", nodes_of(at.history->consistency(older.height, at.header.height))}};
    return file_of("consistency", {{"header", text_of(older)}},
                   Json::array({growth, past_header_path(at, older.height)}), genesis, at,
                   witnesses);
}

}  // namespace jangbu::ledger::jbproof
