#include "node/verification.h"

#include "base/assert.h"
#include "ledger/members.h"

namespace jangbu::node {
namespace {

// The bytes of an entry of table 2 that is a signing key still in force.
std::optional<crypto::PublicKey> signing_key(const ledger::StateKey& at, ByteView value) {
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
    : pool_(pool),
      options_(options),
      verdicts_(options.verdicts_max),
      keys_(options.keys_max),
      admission_(verdicts_, keys_, pool),
      proposals_(verdicts_, keys_, pool),
      execution_(verdicts_, keys_, pool),
      batches_(admission_, {options.batch_max, options.queue_max}) {}

Status Verification::admit(std::span<const crypto::Claim> claims, std::span<bool> verdicts) {
    if (options_.batch_max > 1) return batches_.check(claims, verdicts);
    admit_alone(claims, verdicts);
    return {};
}

void Verification::admit_alone(std::span<const crypto::Claim> claims, std::span<bool> verdicts) {
    ledger::PlainSignatureChecker().check(claims, verdicts);
    u64 good = 0;
    for (std::size_t i = 0; i < claims.size(); ++i) {
        if (!verdicts[i]) continue;
        const VerdictCache::Name name = verdicts_.name(claims[i]);
        verdicts_.add({&name, 1});
        ++good;
    }
    alone_verified_ += claims.size();
    alone_bad_ += claims.size() - good;
}

void Verification::remember_keys(const ledger::StateTree& state) {
    std::vector<crypto::PublicKey> found;
    state.for_each([&](const ledger::StateKey& at, const Bytes& value) {
        if (found.size() == options_.keys_max) return;
        if (const auto key = signing_key(at, value)) found.push_back(*key);
    });
    pool_.run(found.size(), [&](std::size_t i) { keys_.remember(found[i]); });
}

void Verification::remember_keys(const ledger::StateTree::Changes& changes) {
    for (const auto& [at, value] : changes)
        if (value)
            if (const auto key = signing_key(at, *value)) keys_.remember(*key);
}

VerificationCounts Verification::counts() const {
    VerificationCounts out{admission_.counts(), proposals_.counts(), execution_.counts(),
                           batches_.sizes(),    keys_.size(),        verdicts_.size()};
    out.admission.verified += alone_verified_;
    out.admission.bad += alone_bad_;
    return out;
}

}  // namespace jangbu::node
