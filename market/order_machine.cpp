#include "market/order_machine.h"

#include "market/settlement.h"
#include "market/voucher_use.h"

namespace jangbu::market {
namespace {

using S = OrderState;
using E = OrderEvent;
using P = Party;
using M = MoneyRow;
using W = Window;

constexpr Transition transition_table[] = {
    {S::placed, E::accept, P::seller, S::accepted, M::take_bond, W::lock},
    {S::placed, E::reject, P::seller, S::cancelled, M::unreserve, W::none},
    {S::placed, E::decline, P::buyer, S::cancelled, M::unreserve, W::none},
    {S::placed, E::expiry, P::clock, S::cancelled, M::unreserve, W::none},
    {S::accepted, E::lock, P::buyer, S::locked, M::escrow, W::key},
    {S::accepted, E::decline, P::buyer, S::cancelled, M::call_off, W::none},
    {S::accepted, E::expiry, P::clock, S::cancelled, M::call_off, W::none},
    {S::locked, E::post_key, P::seller, S::keyed, M::none, W::dispute},
    {S::locked, E::expiry, P::clock, S::refund_nokey, M::refund_nokey, W::none},
    {S::keyed, E::confirm, P::buyer, S::settled, M::settle, W::reverse},
    {S::keyed, E::expiry, P::clock, S::settled, M::settle, W::reverse},
    {S::keyed, E::prove_bad_chunk, P::buyer, S::refund_proven, M::refund_proven, W::none},
};

void append(std::vector<Entry>& entries, const std::vector<Entry>& more) {
    entries.insert(entries.end(), more.begin(), more.end());
}

void return_own(std::vector<Entry>& entries, Column from, const Turn& turn) {
    const i64 own = won(turn.money.own);
    if (from == Column::escrow)
        entries.push_back(entry(from, turn.order.id, -own));
    else
        entries.push_back(entry(from, turn.order.buyer, -own));
    entries.push_back(entry(Column::available, turn.order.buyer, own));
}

void return_bond(std::vector<Entry>& entries, const Turn& turn) {
    entries.push_back(entry(Column::bond, turn.order.seller, -won(turn.money.bond)));
    entries.push_back(entry(Column::available, turn.order.seller, won(turn.money.bond)));
}

// `forfeited` of the bond goes to buyer and programme by their shares of the price, the rest back
// to the seller.
void forfeit_bond(std::vector<Entry>& entries, const Turn& turn, u64 forfeited) {
    const Forfeit parts = split_forfeit(forfeited, turn.money.supply, voucher_part(turn.money));
    entries.push_back(entry(Column::bond, turn.order.seller, -won(turn.money.bond)));
    entries.push_back(entry(Column::available, turn.order.buyer, won(parts.buyer)));
    entries.push_back(
        entry(Column::available, turn.order.seller, won(turn.money.bond - forfeited)));
    if (parts.programme == 0) return;
    JANGBU_ASSERT(turn.money.programme.has_value());
    entries.push_back(entry(Column::programme_cash, *turn.money.programme, won(parts.programme)));
    entries.push_back(entry(Column::income, *turn.money.programme, won(parts.programme)));
}

void pay_out(std::vector<Entry>& entries, const Turn& turn, const Scene& scene) {
    const Settlement settlement = settle(turn.money, turn.order.seller);
    const u64 v = voucher_part(turn.money);
    entries.push_back(entry(Column::escrow, turn.order.id, -won(turn.money.own)));
    if (v > 0) {
        JANGBU_ASSERT(turn.money.programme.has_value());
        entries.push_back(entry(Column::programme_cash, *turn.money.programme, -won(v)));
    }
    entries.push_back(entry(Column::available, turn.order.seller, won(settlement.seller)));
    if (settlement.fee > 0) {
        const auto treasury =
            ledger::organisation(scene.state, parameters::treasury, scene.block.height);
        JANGBU_ASSERT(
            treasury.has_value());  // PlaceOrder copies a fee only where a treasury is named
        entries.push_back(entry(Column::available, *treasury, won(settlement.fee)));
    }
    for (const auto& [org, royalty] : settlement.upstream)
        entries.push_back(entry(Column::available, org, won(royalty)));
    return_bond(entries, turn);
}

std::vector<Entry> money_of(const Turn& turn, const Scene& scene) {
    const bool has_voucher = voucher_part(turn.money) > 0;
    const auto release = [&] {
        return has_voucher ? release_voucher(scene.state, scene.block, turn.order, turn.money)
                           : std::vector<Entry>{};
    };
    std::vector<Entry> entries;
    switch (turn.transition->money) {
        case M::none:
            break;
        case M::unreserve:
            return_own(entries, Column::reserved, turn);
            append(entries, release());
            break;
        case M::take_bond:
            entries.push_back(entry(Column::available, turn.order.seller, -won(turn.money.bond)));
            entries.push_back(entry(Column::bond, turn.order.seller, won(turn.money.bond)));
            break;
        case M::escrow:
            entries.push_back(entry(Column::reserved, turn.order.buyer, -won(turn.money.own)));
            entries.push_back(entry(Column::escrow, turn.order.id, won(turn.money.own)));
            break;
        case M::call_off:
            return_own(entries, Column::reserved, turn);
            append(entries, release());
            return_bond(entries, turn);
            break;
        case M::refund_nokey:
            return_own(entries, Column::escrow, turn);
            append(entries, release());
            forfeit_bond(entries, turn, penalty_of(turn.money));
            break;
        case M::settle:
            pay_out(entries, turn, scene);
            if (has_voucher) append(entries, spend_voucher(scene.state, turn.order, turn.money));
            break;
        case M::refund_proven:
            return_own(entries, Column::escrow, turn);
            append(entries, release());
            forfeit_bond(entries, turn, turn.money.bond);
            break;
    }
    return entries;
}

// 0 where the new state has no deadline.
u64 deadline_after(const Turn& turn, const Scene& scene) {
    const u64 now = scene.block.market_time_ms;
    switch (turn.transition->window) {
        case W::none:
            return 0;
        case W::lock:
            return now + turn.order.lock_ms;
        case W::key:
            return now + turn.order.key_ms;
        case W::dispute:
            return now + turn.order.dispute_ms;
        case W::reverse:
            return now + ledger::number(scene.state, parameters::reverse_ms, scene.block.height);
    }
    JANGBU_ASSERT(false);
    return 0;
}

}  // namespace

std::span<const Transition> transitions() {
    return transition_table;
}

const Transition* find_transition(OrderState from, OrderEvent event) {
    for (const Transition& transition : transition_table)
        if (transition.from == from && transition.event == event) return &transition;
    return nullptr;
}

bool is_unlocked(OrderState state) {
    return state == S::placed || state == S::accepted || state == S::review;
}

std::expected<Turn, Rejection> begin_turn(const OrderId& id, OrderEvent event,
                                          const Context& context) {
    auto order = find_order(context.state, id);
    if (!order) return std::unexpected(Rejection::not_found);
    const Transition* transition = find_transition(order->state, event);
    if (!transition) return std::unexpected(Rejection::wrong_state);
    const OrgId& party = transition->who == P::buyer ? order->buyer : order->seller;
    if (context.author.org != party) return std::unexpected(Rejection::not_allowed);
    if (context.block.market_time_ms > order->deadline_ms)
        return std::unexpected(Rejection::too_late);
    if (order->held_until && context.block.market_time_ms <= *order->held_until)
        return std::unexpected(Rejection::held);
    auto money = find_order_money(context.state, id);
    JANGBU_ASSERT(money.has_value());
    return Turn{std::move(*order), std::move(*money), transition};
}

std::optional<Rejection> end_turn(Turn& turn, Scene scene, u16 reason) {
    const std::vector<Entry> entries = money_of(turn, scene);
    if (auto refusal = move_money(scene.state, entries, scene.events)) return refusal;

    const OrderState from = turn.transition->from;
    OrderPublic& order = turn.order;
    order.state = turn.transition->to;
    order.deadline_ms = deadline_after(turn, scene);
    if (order.state == S::locked) order.locked_height = scene.block.height;
    if (order.state == S::keyed) order.keyed_height = scene.block.height;
    if (is_terminal(order.state)) order.closed_height = scene.block.height;
    ledger::write_record(scene.state, order_public_key(order.id), order);

    if (is_unlocked(from) && !is_unlocked(order.state)) {
        Account buyer = account_of(scene.state, order.buyer);
        JANGBU_ASSERT(buyer.unlocked_orders > 0);
        --buyer.unlocked_orders;
        ledger::write_record(scene.state, account_key(order.buyer), buyer);
    }
    const OrderMoved moved{order.id,    order.buyer,       order.seller, from,
                           order.state, order.deadline_ms, reason};
    scene.events.push_back(encode(Event(moved)));
    return std::nullopt;
}

ledger::Receipt expire_order(const OrderId& id, const ledger::BlockContext& block, Overlay& state) {
    auto order = find_order(state, id);
    auto money = find_order_money(state, id);
    JANGBU_ASSERT(order.has_value() && money.has_value());
    JANGBU_ASSERT(block.market_time_ms > order->deadline_ms);
    Turn turn{std::move(*order), std::move(*money), nullptr};
    turn.transition = find_transition(turn.order.state, E::expiry);
    JANGBU_ASSERT(turn.transition != nullptr);

    ledger::Receipt receipt;
    receipt.subject =
        ledger::SystemSubject{static_cast<u8>(ledger::SystemKind::order_expiry), id.bytes};
    const auto refusal = end_turn(turn, Scene{block, state, receipt.events});
    JANGBU_ASSERT(!refusal);  // an expiry only gives back or pays out what is there
    return receipt;
}

std::vector<StateKey> order_keys(const OrderId& id, const KeysContext& context) {
    std::vector<StateKey> keys{order_public_key(id), order_money_key(id)};
    const auto order = find_order(context.state, id);
    const auto money = find_order_money(context.state, id);
    if (!order || !money) return keys;
    keys.push_back(account_key(order->buyer));
    keys.push_back(account_key(order->seller));
    keys.push_back(dataset_key(order->dataset));
    if (const auto treasury =
            ledger::organisation(context.state, parameters::treasury, context.block.height))
        keys.push_back(account_key(*treasury));
    if (money->upstream)
        for (const auto& [org, ppm] : money->upstream->shares) keys.push_back(account_key(org));
    if (money->voucher_id) {
        const auto more =
            voucher_keys(context.state, *money->voucher_id, id, order->buyer, order->seller);
        keys.insert(keys.end(), more.begin(), more.end());
    }
    return keys;
}

}  // namespace jangbu::market
