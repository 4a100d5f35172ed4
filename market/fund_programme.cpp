#include <algorithm>

#include "market/guards.h"
#include "market/rules.h"

namespace jangbu::market {
namespace {

// The place of an organisation among the funders, or nothing.
std::optional<std::size_t> place_of(const Programme& programme, const OrgId& funder) {
    const auto found = std::ranges::find(programme.funders, funder, &std::pair<OrgId, u64>::first);
    if (found == programme.funders.end()) return std::nullopt;
    return static_cast<std::size_t>(found - programme.funders.begin());
}

}  // namespace

std::optional<Rejection> apply(const FundProgramme& operation, Context& context) {
    const auto programme = find_programme(context.state, operation.programme);
    if (!programme) return Rejection::not_found;
    const OrgId& funder = context.author.org;
    const auto place = place_of(*programme, funder);
    if (!place) return Rejection::not_allowed;
    if (auto refusal = check_author(context, 0)) return refusal;
    if (programme->state == ProgrammeState::closed) return Rejection::wrong_state;
    if (!amount_in_bounds(context, operation.amount)) return Rejection::bad_amount;
    JANGBU_ASSERT(programme->budget <= programme->terms.budget_max);
    if (operation.amount > programme->terms.budget_max - programme->budget)
        return Rejection::budget_exceeded;

    context.emit(ProgrammeFunded{operation.programme, funder, operation.amount});
    const i64 amount = won(operation.amount);
    const Entry entries[] = {
        entry(Column::available, funder, -amount),
        entry(Column::programme_cash, operation.programme, amount),
        entry(Column::granted, operation.programme, -amount),
        entry(Column::unissued, operation.programme, amount),
        entry(Column::budget, operation.programme, amount),
    };
    if (auto refusal = move_money(context.state, entries, context.events)) return refusal;
    auto funded = find_programme(context.state, operation.programme);
    funded->funders[*place].second += operation.amount;
    ledger::write_record(context.state, programme_key(operation.programme), *funded);
    return std::nullopt;
}

std::vector<StateKey> keys(const FundProgramme& operation, const KeysContext& context) {
    return {programme_key(operation.programme), account_key(context.author)};
}

}  // namespace jangbu::market
