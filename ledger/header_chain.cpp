#include "ledger/header_chain.h"

namespace jangbu::ledger {

HeaderChain::HeaderChain(const Genesis& genesis, HistoryTree& history)
    : history_(history), last_(header_zero(genesis)), hash_(header_hash(last_)) {
    history_.append(hash_);
}

Status HeaderChain::add(const Header& header) {
    const auto bad = [&](const char* what) {
        return fail(ErrorCode::verification_failed,
                    "the header of height " + std::to_string(last_.height + 1) + " " + what);
    };
    if (header.height != last_.height + 1) return bad("is missing");
    if (header.chain_id != last_.chain_id) return bad("belongs to another ledger");
    if (header.parent != hash_) return bad("does not follow from the one before");
    if (header.time_ms <= last_.time_ms || header.epoch < last_.epoch)
        return bad("goes back in time");
    if (header.history_root != history_.root(header.height)) return bad("has another history root");
    if (header.validators_hash != last_.next_validators_hash) return bad("has other validators");
    last_ = header;
    hash_ = header_hash(header);
    history_.append(hash_);
    return {};
}

}  // namespace jangbu::ledger
