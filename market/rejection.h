// Rejections of the market (docs/exchange.md section 15, docs/support.md section 4). Numbers are never reused.
//
// All numbers of the law are named, also those whose operations are not built yet, so that none is taken twice.
#pragma once

#include <string>

#include "ledger/rejection.h"

namespace jangbu::market {

enum class Rejection : ledger::RejectionCode {
    not_found = 100, not_allowed = 101, wrong_state = 102, id_taken = 103, too_late = 104, too_early = 105,
    limit_exceeded = 106, bad_amount = 107, insufficient_credits = 108, document_missing = 109, suspended = 110,
    held = 111, needs_approval = 112, already_approved = 113, bad_field = 114,

    key_not_admissible = 120, possession_invalid = 121, key_exists = 122, last_transact_key = 123,

    bank_reference_used = 130, debt_outstanding = 131,

    bad_chunking = 140, dataset_exists = 141, parent_missing = 142, right_missing = 143, licence_too_wide = 144,
    shares_too_high = 145, too_many_payees = 146, not_yet_enabled = 147,

    listing_closed = 150, listing_version_changed = 151, price_changed = 152, not_in_audience = 153,
    quote_invalid = 154, quote_used = 155, dataset_suspended = 156, own_product = 157,

    prekey_invalid = 160, point_invalid = 161, scalar_invalid = 162, key_mismatch = 163, echo_mismatch = 164,
    unfunded = 165, too_many_unlocked = 166, sum_mismatch = 167, tax_mismatch = 168, not_the_extender = 169,
    extend_total = 170, hold_total = 171,

    index_out_of_range = 180, path_length = 181, ciphertext_not_committed = 182, leaf_not_committed = 183,
    proof_invalid = 184, chunk_is_good = 185,

    programme_not_open = 200, budget_exceeded = 201, threshold_unsupported = 202, attestation_invalid = 203,
    tag_used = 204, voucher_not_active = 205, voucher_too_small = 206, share_exceeded = 207, cap_order = 208,
    cap_company = 209, cap_group = 210, cap_pair = 211, cap_category = 212, redeem_by_too_early = 213,
    use_not_spent = 214, debtor_invalid = 215, related_party = 221, price_above_baseline = 224,
    cancelled_after_use = 230,
};

constexpr ledger::RejectionCode code(Rejection rejection) {
    return static_cast<ledger::RejectionCode>(rejection);
}
// "NotFound" and so on for both the market's and the ledger's numbers; "Rejection<n>" for an unknown one.
std::string rejection_name(ledger::RejectionCode code);

}  // namespace jangbu::market
