#include "market/rejection.h"

namespace jangbu::market {
namespace {

struct Named {
    Rejection rejection;
    std::string_view name;
};
constexpr Named rejection_names[] = {
    {Rejection::not_found, "NotFound"},
    {Rejection::not_allowed, "NotAllowed"},
    {Rejection::wrong_state, "WrongState"},
    {Rejection::id_taken, "IdTaken"},
    {Rejection::too_late, "TooLate"},
    {Rejection::too_early, "TooEarly"},
    {Rejection::limit_exceeded, "LimitExceeded"},
    {Rejection::bad_amount, "BadAmount"},
    {Rejection::insufficient_credits, "InsufficientCredits"},
    {Rejection::document_missing, "DocumentMissing"},
    {Rejection::suspended, "Suspended"},
    {Rejection::held, "Held"},
    {Rejection::needs_approval, "NeedsApproval"},
    {Rejection::already_approved, "AlreadyApproved"},
    {Rejection::bad_field, "BadField"},
    {Rejection::key_not_admissible, "KeyNotAdmissible"},
    {Rejection::possession_invalid, "PossessionInvalid"},
    {Rejection::key_exists, "KeyExists"},
    {Rejection::last_transact_key, "LastTransactKey"},
    {Rejection::bank_reference_used, "BankReferenceUsed"},
    {Rejection::debt_outstanding, "DebtOutstanding"},
    {Rejection::bad_chunking, "BadChunking"},
    {Rejection::dataset_exists, "DatasetExists"},
    {Rejection::parent_missing, "ParentMissing"},
    {Rejection::right_missing, "RightMissing"},
    {Rejection::licence_too_wide, "LicenceTooWide"},
    {Rejection::shares_too_high, "SharesTooHigh"},
    {Rejection::too_many_payees, "TooManyPayees"},
    {Rejection::not_yet_enabled, "NotYetEnabled"},
    {Rejection::listing_closed, "ListingClosed"},
    {Rejection::listing_version_changed, "ListingVersionChanged"},
    {Rejection::price_changed, "PriceChanged"},
    {Rejection::not_in_audience, "NotInAudience"},
    {Rejection::quote_invalid, "QuoteInvalid"},
    {Rejection::quote_used, "QuoteUsed"},
    {Rejection::dataset_suspended, "DatasetSuspended"},
    {Rejection::own_product, "OwnProduct"},
    {Rejection::prekey_invalid, "PrekeyInvalid"},
    {Rejection::point_invalid, "PointInvalid"},
    {Rejection::scalar_invalid, "ScalarInvalid"},
    {Rejection::key_mismatch, "KeyMismatch"},
    {Rejection::echo_mismatch, "EchoMismatch"},
    {Rejection::unfunded, "Unfunded"},
    {Rejection::too_many_unlocked, "TooManyUnlocked"},
    {Rejection::sum_mismatch, "SumMismatch"},
    {Rejection::tax_mismatch, "TaxMismatch"},
    {Rejection::not_the_extender, "NotTheExtender"},
    {Rejection::extend_total, "ExtendTotal"},
    {Rejection::hold_total, "HoldTotal"},
    {Rejection::index_out_of_range, "IndexOutOfRange"},
    {Rejection::path_length, "PathLength"},
    {Rejection::ciphertext_not_committed, "CiphertextNotCommitted"},
    {Rejection::leaf_not_committed, "LeafNotCommitted"},
    {Rejection::proof_invalid, "ProofInvalid"},
    {Rejection::chunk_is_good, "ChunkIsGood"},
    {Rejection::programme_not_open, "ProgrammeNotOpen"},
    {Rejection::budget_exceeded, "BudgetExceeded"},
    {Rejection::threshold_unsupported, "ThresholdUnsupported"},
    {Rejection::attestation_invalid, "AttestationInvalid"},
    {Rejection::tag_used, "TagUsed"},
    {Rejection::voucher_not_active, "VoucherNotActive"},
    {Rejection::voucher_too_small, "VoucherTooSmall"},
    {Rejection::share_exceeded, "ShareExceeded"},
    {Rejection::cap_order, "CapOrder"},
    {Rejection::cap_company, "CapCompany"},
    {Rejection::cap_group, "CapGroup"},
    {Rejection::cap_pair, "CapPair"},
    {Rejection::cap_category, "CapCategory"},
    {Rejection::redeem_by_too_early, "RedeemByTooEarly"},
    {Rejection::use_not_spent, "UseNotSpent"},
    {Rejection::debtor_invalid, "DebtorInvalid"},
    {Rejection::related_party, "RelatedParty"},
    {Rejection::price_above_baseline, "PriceAboveBaseline"},
    {Rejection::cancelled_after_use, "CancelledAfterUse"},
};

}  // namespace

std::string rejection_name(ledger::RejectionCode number) {
    for (const Named& named : rejection_names)
        if (code(named.rejection) == number) return std::string(named.name);
    if (1 <= number && number <= ledger::code(ledger::Rejection::malformed))
        return ledger::name(static_cast<ledger::Rejection>(number));
    return "Rejection" + std::to_string(number);
}

}  // namespace jangbu::market
