#include "ledger/evidence.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace jangbu::ledger {
namespace {

std::unexpected<Error> no_evidence(std::string why) {
    return fail(ErrorCode::verification_failed, std::move(why));
}

nlohmann::json head_json(const SignedHeader& head) {
    return {{"header", to_base64url(bcs::encode(head.header))},
            {"key", head.finality.key.hex()},
            {"signature", to_base64url(head.finality.signature)}};
}

}  // namespace

Status check_signed(const SignedHeader& head, const Genesis& genesis) {
    const Header zero = header_zero(genesis);
    if (head.header.chain_id != zero.chain_id) return no_evidence("a header of another ledger");
    if (head.header.height == 0) {
        if (head.header != zero) return no_evidence("a header 0 that its genesis does not make");
        return {};
    }
    const std::vector<Validator>& validators = genesis.validators.validators;
    const bool known =
        std::ranges::find(validators, head.finality.key, &Validator::key) != validators.end();
    if (!known || !crypto::verify(head.finality.key, crypto::domain::header,
                                  header_hash(head.header).bytes, head.finality.signature))
        return no_evidence("a header without a validator's signature");
    return {};
}

std::string two_heads_file(const Genesis& genesis, const SignedHeader& first,
                           const SignedHeader& second, std::string_view proof) {
    const nlohmann::json json{{"schema", "jangbu-fraud/1"},
                              {"genesis", to_base64url(bcs::encode(genesis))},
                              {"pinned", head_json(first)},
                              {"head", head_json(second)},
                              {"proof", std::string(proof)}};
    return json.dump(1) + "\n";
}

std::string differing_fields(const Header& stated, const Header& computed) {
    std::string out;
    const auto compare = [&](const char* name, const auto& a, const auto& b) {
        if (a == b) return;
        if (!out.empty()) out += ", ";
        out += name;
    };
    compare("chain_id", stated.chain_id, computed.chain_id);
    compare("protocol_version", stated.protocol_version, computed.protocol_version);
    compare("epoch", stated.epoch, computed.epoch);
    compare("height", stated.height, computed.height);
    compare("time_ms", stated.time_ms, computed.time_ms);
    compare("market_time_ms", stated.market_time_ms, computed.market_time_ms);
    compare("parent", stated.parent, computed.parent);
    compare("tx_count", stated.tx_count, computed.tx_count);
    compare("receipt_count", stated.receipt_count, computed.receipt_count);
    compare("tx_root", stated.tx_root, computed.tx_root);
    compare("receipt_root", stated.receipt_root, computed.receipt_root);
    compare("state_root", stated.state_root, computed.state_root);
    compare("history_root", stated.history_root, computed.history_root);
    compare("validators_hash", stated.validators_hash, computed.validators_hash);
    compare("next_validators_hash", stated.next_validators_hash, computed.next_validators_hash);
    return out;
}

}  // namespace jangbu::ledger
