#include "market/order_machine.h"

namespace jangbu::market {

std::optional<Rejection> apply(const ConfirmOrder& operation, Context& context) {
    auto turn = begin_turn(operation.order, OrderEvent::confirm, context);
    if (!turn) return turn.error();
    return end_turn(*turn, scene(context));
}

std::vector<StateKey> keys(const ConfirmOrder& operation, const KeysContext& context) {
    return order_keys(operation.order, context);
}

}  // namespace jangbu::market
