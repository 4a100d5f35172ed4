#include "market/order_machine.h"

namespace jangbu::market {

std::optional<Rejection> apply(const RejectOrder& operation, Context& context) {
    auto turn = begin_turn(operation.order, OrderEvent::reject, context);
    if (!turn) return turn.error();
    return end_turn(*turn, scene(context), operation.reason);
}

std::vector<StateKey> keys(const RejectOrder& operation, const KeysContext& context) {
    return order_keys(operation.order, context);
}

}  // namespace jangbu::market
