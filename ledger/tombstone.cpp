#include "ledger/tombstone.h"

#include <algorithm>

namespace jangbu::ledger {

ReplayDocuments::ReplayDocuments(const DocumentReader& documents, RecordedOutcomes recorded)
    : documents_(documents), recorded_(std::move(recorded)) {}

Result<RecordedOutcomes> ReplayDocuments::outcomes_of(std::span<const Bytes> receipts) {
    RecordedOutcomes out;
    for (const Bytes& bytes : receipts) {
        const Receipt receipt = TRY(bcs::decode<Receipt>(bytes));
        if (const auto* transaction = std::get_if<TxId>(&receipt.subject))
            out.outcomes.push_back({*transaction, receipt.code});
    }
    std::ranges::sort(out.outcomes, {}, &RecordedOutcome::transaction);
    const auto twice = std::ranges::adjacent_find(out.outcomes, {}, &RecordedOutcome::transaction);
    if (twice != out.outcomes.end())
        return fail(ErrorCode::malformed, "two receipts of one transaction");
    return out;
}

std::optional<RejectionCode> ReplayDocuments::recorded(const TxId& transaction) const {
    const auto at = std::ranges::lower_bound(recorded_.outcomes, transaction, {},
                                             &RecordedOutcome::transaction);
    if (at == recorded_.outcomes.end() || at->transaction != transaction) return std::nullopt;
    ++taken_;
    return at->code;
}

}  // namespace jangbu::ledger
