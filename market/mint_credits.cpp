#include "market/guards.h"
#include "market/rules.h"

namespace jangbu::market {
namespace {

std::optional<Rejection> check(const MintCredits& operation, const Context& context) {
    if (auto refusal = check_author(context, ledger::role_settlement_agent)) return refusal;
    // A suspended depositor is credited: the books mirror money that the bank already holds.
    if (!ledger::find_organisation(context.state, operation.depositor)) return Rejection::not_found;
    if (!amount_in_bounds(context, operation.amount)) return Rejection::bad_amount;
    if (context.state.find(bank_reference_key(operation.bank_ref)))
        return Rejection::bank_reference_used;
    if (operation.amount >
        ledger::number(context.state, parameters::mint_single_max, context.block.height))
        return Rejection::needs_approval;
    return std::nullopt;
}

}  // namespace

std::optional<Rejection> apply(const MintCredits& operation, Context& context) {
    if (auto refusal = check(operation, context)) return refusal;
    ledger::write_record(context.state, bank_reference_key(operation.bank_ref),
                         Taken{context.txid.bytes});
    context.emit(CreditsMinted{operation.depositor, operation.amount, operation.bank_ref});
    const i64 amount = won(operation.amount);
    const Entry entries[] = {
        entry(Column::bank, -amount),
        entry(Column::available, operation.depositor, amount),
    };
    return move_money(context.state, entries, context.events);
}

std::vector<StateKey> keys(const MintCredits& operation, const KeysContext&) {
    return {account_key(operation.depositor), bank_reference_key(operation.bank_ref)};
}

}  // namespace jangbu::market
