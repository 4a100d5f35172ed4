// SignatureChecker: the seam through which the signatures of transactions are judged, many at once.
//
// A verdict depends on key, message and signature alone (ZIP-215, crypto/signature.h), so every
// implementation gives the same ones, and who is asked cannot change a block. They differ in what
// they remember: a node asks its cache first (node/verification.h), the ledger alone verifies all.
// Threads: an implementation says; PlainSignatureChecker any. Errors: none; any bytes give a
// verdict.
#pragma once

#include "ledger/transaction.h"

namespace jangbu::ledger {

class SignatureChecker {
public:
    virtual ~SignatureChecker() = default;
    // verdicts[i] = whether claims[i] is good. REQUIRES: as many verdicts as claims.
    virtual void check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) = 0;
};

// Remembers nothing.
class PlainSignatureChecker final : public SignatureChecker {
public:
    void check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) override;
};

// What the authors of transactions claim, and the messages that the claims point into.
class TransactionClaims {
public:
    explicit TransactionClaims(std::size_t count_max);
    // REQUIRES: fewer than `count_max` so far.
    void add(const TxId& id, const Transaction& transaction);
    std::span<const crypto::Claim> claims() const { return claims_; }

private:
    std::vector<ByteArray<46>> messages_;  // never grows past its capacity: claims point into it
    std::vector<crypto::Claim> claims_;
};

// The first whose signature is bad, if there is one.
std::optional<std::size_t> first_bad(SignatureChecker& checker, const TransactionClaims& claims);

}  // namespace jangbu::ledger
