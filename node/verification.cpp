#include "node/verification.h"

#include "base/assert.h"
#include "ledger/members.h"

namespace jangbu::node {
namespace {

// The bytes of an entry of table 2 that is a signing key still in force.
std::optional<crypto::PublicKey> signing_key(ByteView at, ByteView value) {
    static const auto table = static_cast<u8>(ledger::Table::key);
    if (at.empty() || at[0] != table) return std::nullopt;
    const auto key = bcs::decode<ledger::Key>(value);
    if (!key || key->kind != static_cast<u8>(crypto::KeyKind::ed25519) || key->revoked_at_height)
        return std::nullopt;
    return crypto::PublicKey(key->bytes);
}

}  // namespace

double VerificationCounts::share_ahead() const {
    const u64 all = proposals.verified + proposals.cached;
    return all == 0 ? 1 : static_cast<double>(proposals.cached) / static_cast<double>(all);
}

Verification::Verification(base::WorkerPool& pool, const Options& options)
    : keys_max_(options.keys_max),
      verdicts_(options.verdicts_max),
      keys_(options.keys_max),
      admission_(verdicts_, keys_, pool),
      proposals_(verdicts_, keys_, pool),
      execution_(verdicts_, keys_, pool),
      batches_(admission_, options.admission) {}

void Verification::remember_keys(const ledger::StateTree& state) {
    std::vector<crypto::PublicKey> found;
    state.for_each([&](ByteView at, ByteView value) {
        if (found.size() == keys_max_) return;
        if (const auto key = signing_key(at, value)) found.push_back(*key);
    });
    keys_.remember(found);
}

void Verification::remember_keys(const ledger::StateTree::Changes& changes) {
    std::vector<crypto::PublicKey> found;
    for (const auto& [at, value] : changes)
        if (value)
            if (const auto key = signing_key(at, *value)) found.push_back(*key);
    if (!found.empty()) keys_.remember(found);
}

VerificationCounts Verification::counts() const {
    return {admission_.counts(), proposals_.counts(), execution_.counts(),
            batches_.sizes(),    keys_.size(),        verdicts_.size()};
}

}  // namespace jangbu::node
