#include "market/order_machine.h"

namespace jangbu::market {

std::optional<Rejection> apply(const DeclineOrder& operation, Context& context) {
    auto turn = begin_turn(operation.order, OrderEvent::decline, context);
    if (!turn) return turn.error();
    return end_turn(*turn, scene(context), operation.reason);
}

std::vector<StateKey> keys(const DeclineOrder& operation, const KeysContext& context) {
    return order_keys(operation.order, context);
}

}  // namespace jangbu::market
