#include "market/order_machine.h"

namespace jangbu::market {

std::optional<Rejection> apply(const AcceptOrder& operation, Context& context) {
    auto turn = begin_turn(operation.order, OrderEvent::accept, context);
    if (!turn) return turn.error();
    if (turn->money.voucher > 0 && !turn->money.voucher_id) return Rejection::unfunded;
    if (!are_points({&operation.y, 1}, context.ahead)) return Rejection::point_invalid;
    const auto store = ledger::find_organisation(context.state, operation.store_org);
    if (!store) return Rejection::not_found;
    if ((store->roles & ledger::role_store) == 0) return Rejection::not_allowed;

    turn->order.y = operation.y;
    turn->order.ct_root = operation.ct_root;
    turn->order.store_org = operation.store_org;
    // Refuses with InsufficientCredits where the seller cannot put up the bond.
    return end_turn(*turn, scene(context));
}

std::vector<StateKey> keys(const AcceptOrder& operation, const KeysContext& context) {
    return order_keys(operation.order, context);
}

}  // namespace jangbu::market
