#include "market/order_machine.h"
#include "market/voucher_use.h"

namespace jangbu::market {

std::optional<Rejection> apply(const LockOrder& operation, Context& context) {
    auto turn = begin_turn(operation.order, OrderEvent::lock, context);
    if (!turn) return turn.error();
    if (turn->order.y != operation.y || turn->order.ct_root != operation.ct_root)
        return Rejection::echo_mismatch;
    if (turn->money.voucher > 0 && !turn->money.voucher_id) return Rejection::unfunded;
    if (voucher_part(turn->money) > 0) {
        if (auto refusal =
                check_voucher_at_lock(context.state, context.block, turn->order, turn->money))
            return refusal;
    }
    return end_turn(*turn, scene(context));
}

std::vector<StateKey> keys(const LockOrder& operation, const KeysContext& context) {
    return order_keys(operation.order, context);
}

}  // namespace jangbu::market
