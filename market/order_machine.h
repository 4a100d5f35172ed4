// The life of an order as a table (docs/exchange.md section 5): state, event, who, next state,
// money, next deadline.
//
// An operation on an order is begin_turn(), its own guards, its own fields, end_turn(). An expiry
// is expire_order(). PlaceOrder is the row without a state and stands in place_order.cpp. Deadlines
// are market time in ms. Threads: commit strand. The table is constant.
#pragma once

#include <expected>

#include "market/rules.h"

namespace jangbu::market {

enum class OrderEvent : u8 {
    accept,
    reject,
    decline,
    lock,
    post_key,
    confirm,
    prove_bad_chunk,
    expiry
};
enum class Party : u8 { buyer, seller, clock };
// What a transition does with the money, by the rows of the law.
enum class MoneyRow : u8 {
    unreserve,      // 6, 7
    take_bond,      // 8
    escrow,         // 9
    call_off,       // 10
    none,           // 11
    refund_nokey,   // 12
    settle,         // 14
    refund_proven,  // 15
};
// The window that starts with the new state.
enum class Window : u8 { none, lock, key, dispute, reverse };

struct Transition {
    OrderState from;
    OrderEvent event;
    Party who;
    OrderState to;
    MoneyRow money;
    Window window;
};
std::span<const Transition> transitions();
const Transition* find_transition(OrderState from, OrderEvent event);

// Where a transition happens: within an operation or at a deadline.
struct Scene {
    const ledger::BlockContext& block;
    Overlay& state;
    std::vector<Bytes>& events;
};
inline Scene scene(Context& context) {
    return {context.block, context.state, context.events};
}

struct Turn {
    OrderPublic order;
    OrderMoney money;
    const Transition* transition = nullptr;
};

// The guards that every action shares, in this order: NotFound, WrongState, NotAllowed (not the
// party of the row), TooLate (market time > deadline), Held. An order whose deadline passed refuses
// every action that its state knows with TooLate, also while its expiry waits for a later block; an
// action that its state does not know is WrongState.
std::expected<Turn, Rejection> begin_turn(const OrderId& id, OrderEvent event,
                                          const Context& context);
// Moves the money, then writes state, deadline, heights and counters, and emits OrderMoved.
std::optional<Rejection> end_turn(Turn& turn, Scene scene, u16 reason = 0);

// REQUIRES: the order is open and market time > its deadline.
ledger::Receipt expire_order(const OrderId& id, const ledger::BlockContext& block, Overlay& state);

// PLACED, ACCEPTED and REVIEW count against unlocked_orders_max.
bool is_unlocked(OrderState state);

// The access set of any action on an order.
std::vector<StateKey> order_keys(const OrderId& id, const KeysContext& context);

}  // namespace jangbu::market
