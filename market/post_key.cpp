#include "market/order_machine.h"

namespace jangbu::market {

std::optional<Rejection> apply(const PostKey& operation, Context& context) {
    auto turn = begin_turn(operation.order, OrderEvent::post_key, context);
    if (!turn) return turn.error();
    JANGBU_ASSERT(turn->order.y.has_value() && turn->order.t.size() == 1);
    switch (key_verdict(operation.m, *turn->order.y, turn->order.t.front(), context.ahead)) {
        case crypto::fx1::KeyVerdict::ok:
            break;
        case crypto::fx1::KeyVerdict::point_invalid:
            return Rejection::point_invalid;
        case crypto::fx1::KeyVerdict::scalar_invalid:
            return Rejection::scalar_invalid;
        case crypto::fx1::KeyVerdict::mismatch:
            return Rejection::key_mismatch;
    }
    turn->order.m = operation.m;
    return end_turn(*turn, scene(context));
}

std::vector<StateKey> keys(const PostKey& operation, const KeysContext& context) {
    return order_keys(operation.order, context);
}

}  // namespace jangbu::market
