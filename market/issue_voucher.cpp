#include "market/attestation.h"
#include "market/guards.h"
#include "market/rules.h"

namespace jangbu::market {
namespace {

// In the order of docs/support.md section 1.
std::optional<Rejection> check_issue(const IssueVoucher& operation, const Programme& programme,
                                     u64 issued, const Context& context) {
    const ProgrammeTerms& terms = programme.terms;
    if (programme.state != ProgrammeState::open) return Rejection::programme_not_open;
    if (!live_attestation(context.state, context.block, operation.holder, terms.family))
        return Rejection::attestation_invalid;
    if (context.state.find(purpose_tag_key(terms.family, operation.purpose_tag)))
        return Rejection::tag_used;
    if (operation.amount > programme.unissued) return Rejection::budget_exceeded;
    if (issued + operation.amount > terms.cap_company) return Rejection::cap_company;
    if (operation.expiry_ms > terms.redeem_by_ms) return Rejection::redeem_by_too_early;
    if (operation.expiry_ms < context.block.time_ms) return Rejection::bad_field;
    return std::nullopt;
}

}  // namespace

std::optional<Rejection> apply(const IssueVoucher& operation, Context& context) {
    const auto programme = find_programme(context.state, operation.programme);
    if (!programme) return Rejection::not_found;
    if (!is_officer(*programme, context.author)) return Rejection::not_allowed;
    if (auto refusal = check_author(context, 0)) return refusal;
    const VoucherId id = voucher_id(context.block.chain_id, context.author.org, operation.nonce);
    if (context.state.find(voucher_key(id))) return Rejection::id_taken;
    if (!amount_in_bounds(context, operation.amount)) return Rejection::bad_amount;
    const StateKey issued_at = issued_key(programme->id, operation.holder);
    const u64 issued = ledger::read_record<Amount>(context.state, issued_at).value_or(Amount{}).won;
    if (auto refusal = check_issue(operation, *programme, issued, context)) return refusal;

    Voucher voucher;
    voucher.id = id;
    voucher.programme = programme->id;
    voucher.holder = operation.holder;
    voucher.amount = operation.amount;
    voucher.expiry_ms = operation.expiry_ms;
    voucher.purpose_tag = operation.purpose_tag;
    ledger::write_record(context.state, voucher_key(id), voucher);
    ledger::write_record(context.state, issued_at, Amount{issued + operation.amount});
    ledger::write_record(context.state,
                         purpose_tag_key(programme->terms.family, operation.purpose_tag),
                         Taken{id.bytes});
    context.emit(
        VoucherIssued{id, programme->id, operation.holder, operation.amount, operation.expiry_ms});
    const i64 amount = won(operation.amount);
    const Entry entries[] = {
        entry(Column::unissued, programme->id, -amount),
        entry(Column::voucher_open, id, amount),
    };
    return move_money(context.state, entries, context.events);
}

std::vector<StateKey> keys(const IssueVoucher& operation, const KeysContext& context) {
    std::vector<StateKey> set = {
        programme_key(operation.programme),
        voucher_key(voucher_id(context.block.chain_id, context.author, operation.nonce)),
        issued_key(operation.programme, operation.holder),
    };
    if (const auto programme = find_programme(context.state, operation.programme)) {
        const FamilyId& family = programme->terms.family;
        set.push_back(family_key(family));
        set.push_back(attestation_key(operation.holder, family));
        set.push_back(purpose_tag_key(family, operation.purpose_tag));
    }
    return set;
}

}  // namespace jangbu::market
