#include "ledger/signature_checker.h"

#include <algorithm>
#include <memory>

#include "base/assert.h"

namespace jangbu::ledger {

void PlainSignatureChecker::check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) {
    JANGBU_ASSERT(claims.size() == verdicts.size());
    std::ranges::copy(crypto::verify_many(claims), verdicts.begin());
}

TransactionClaims::TransactionClaims(std::size_t count_max) {
    messages_.reserve(count_max);
    claims_.reserve(count_max);
}

void TransactionClaims::add(const TxId& id, const Transaction& transaction) {
    JANGBU_ASSERT(messages_.size() < messages_.capacity());
    messages_.push_back(crypto::signed_message(crypto::domain::transaction, id.bytes));
    claims_.push_back({transaction.body.author, transaction.signature, messages_.back()});
}

std::optional<std::size_t> first_bad(SignatureChecker& checker, const TransactionClaims& claims) {
    const std::size_t count = claims.claims().size();
    if (count == 0) return std::nullopt;
    const auto verdicts = std::make_unique<bool[]>(count);
    checker.check(claims.claims(), {verdicts.get(), count});
    const bool* const bad = std::find(verdicts.get(), verdicts.get() + count, false);
    const auto index = static_cast<std::size_t>(bad - verdicts.get());
    if (index == count) return std::nullopt;
    return index;
}

}  // namespace jangbu::ledger
