// The invariants of docs/exchange.md section 14 that can be read off a state, computed from the
// records alone.
//
// broken_invariants() names what does not hold; `minted` is what the caller saw minted. It shares
// no code with the rules but the records' encoding.
#pragma once

#include "tests/support/market_world.h"

namespace jangbu::test {

struct StateScan {
    std::map<OrgId, Account> accounts;
    std::map<OrderId, OrderPublic> orders;
    std::map<OrderId, OrderMoney> money;
    std::map<ProgrammeId, Programme> programmes;
    std::map<VoucherId, Voucher> vouchers;
    std::map<OrderId, Use> uses;
    std::map<Bytes, u64> issued, used_holder, used_group, used_pair;

    explicit StateScan(const StateTree& state) {
        state.for_each([this](ByteView key, ByteView value) { take(key, value); });
    }

private:
    void take(ByteView key, ByteView value) {
        const Bytes id(key.begin() + 1, key.end());
        switch (key.front()) {
            case 3:
                keep(accounts, id, value);
                break;
            case 7:
                keep(orders, id, value);
                break;
            case 8:
                keep(money, id, value);
                break;
            case 9:
                keep(programmes, id, value);
                break;
            case 10:
                keep(vouchers, id, value);
                break;
            case 11:
                keep(uses, id, value);
                break;
            case 18:
                issued[id] = bcs::decode<Amount>(value)->won;
                break;
            case 20:
                used_holder[id] = bcs::decode<Amount>(value)->won;
                break;
            case 21:
                used_group[id] = bcs::decode<Amount>(value)->won;
                break;
            case 22:
                used_pair[id] = bcs::decode<Amount>(value)->won;
                break;
            default:
                break;
        }
    }
    template <class Id, class Record>
    static void keep(std::map<Id, Record>& into, const Bytes& id, ByteView value) {
        Id key;
        std::copy(id.begin(), id.end(), key.bytes.begin());
        into[key] = bcs::decode<Record>(value).value();
    }
};

class InvariantCheck {
public:
    InvariantCheck(const MarketWorld& world) : world_(world), scan_(world.state) {}

    std::vector<std::string> broken() {
        orders();
        credits();
        accounts();
        vouchers();
        programmes();
        caps();
        index();
        return std::move(broken_);
    }

private:
    void require(bool holds, std::string what) {
        if (!holds) broken_.push_back(std::move(what));
    }
    static u64 v_of(const OrderMoney& money) { return money.voucher_id ? money.voucher : 0; }
    static bool in(OrderState state, std::initializer_list<OrderState> states) {
        return std::find(states.begin(), states.end(), state) != states.end();
    }

    void orders() {
        require(scan_.orders.size() == scan_.money.size(), "each order has both records");
        const u64 expiries_max = ledger::number(
            world_.state, ledger::parameters::expiries_per_block_max, world_.block.height);
        for (const auto& [id, order] : scan_.orders) {
            const OrderMoney& money = scan_.money.at(id);
            require(money.own + money.voucher == money.supply + money.tax,
                    "own + voucher = supply + tax");
            require(money.own >= money.tax, "I20: tax is own money");
            const bool has_key = in(
                order.state, {OrderState::keyed, OrderState::settled, OrderState::refund_proven});
            require(has_key == order.m.has_value(), "I5: m exactly from KEYED on");
            if (order.m) require(fx1_ok(order), "I5: m B = Y + T");
            const bool open = in(order.state, {OrderState::placed, OrderState::accepted,
                                               OrderState::locked, OrderState::keyed});
            require((order.closed_height == 0) == open, "closed height");
            // Only because the block was full of expiries.
            if (open && world_.block.market_time_ms > order.deadline_ms)
                require(world_.expired == expiries_max, "I9: an expired order is open");
        }
    }
    static bool fx1_ok(const OrderPublic& order) {
        return crypto::fx1::check_key(*order.m, *order.y, order.t.front()) ==
               crypto::fx1::KeyVerdict::ok;
    }

    // I1 and I2 of book C.
    void credits() {
        u64 sum = 0;
        for (const auto& [id, account] : scan_.accounts)
            sum += account.available + account.reserved + account.bond + account.withdrawing;
        for (const auto& [id, programme] : scan_.programmes) sum += programme.cash;
        for (const auto& [id, order] : scan_.orders)
            if (in(order.state, {OrderState::locked, OrderState::keyed}))
                sum += scan_.money.at(id).own;
        require(sum == world_.minted, "I1: credits " + std::to_string(sum) + " = minted");
    }

    void accounts() {
        std::map<OrgId, Account> expected;
        for (const auto& [id, order] : scan_.orders) {
            const OrderMoney& money = scan_.money.at(id);
            if (in(order.state, {OrderState::placed, OrderState::accepted})) {
                expected[order.buyer].reserved += money.own;
                ++expected[order.buyer].unlocked_orders;
            }
            if (in(order.state, {OrderState::accepted, OrderState::locked, OrderState::keyed}))
                expected[order.seller].bond += money.bond;
        }
        for (const auto& [id, account] : scan_.accounts) {
            require(account.org == id, "an account names its organisation");
            require(account.reserved == expected[id].reserved, "I2: reserved");
            require(account.bond == expected[id].bond, "I2: bond");
            require(account.unlocked_orders == expected[id].unlocked_orders,
                    "I21: unlocked_orders");
        }
        for (const auto& [id, account] : expected)
            require(scan_.accounts.contains(id) || account.reserved + account.bond == 0,
                    "an account is missing");
    }

    void vouchers() {
        std::map<VoucherId, Voucher> expected;
        for (const auto& [id, order] : scan_.orders) {
            const OrderMoney& money = scan_.money.at(id);
            const u64 v = v_of(money);
            require((v > 0) == scan_.uses.contains(id), "a use exactly with voucher money");
            if (v == 0) continue;
            const Use& use = scan_.uses.at(id);
            require(use.v == v && use.voucher == *money.voucher_id, "a use repeats its order");
            const bool held = in(order.state, {OrderState::placed, OrderState::accepted,
                                               OrderState::locked, OrderState::keyed});
            const UseState state = held                                 ? UseState::held
                                   : order.state == OrderState::settled ? UseState::spent
                                                                        : UseState::released;
            require(use.state == state, "state of a use");
            if (state == UseState::held) expected[use.voucher].held += v;
            if (state == UseState::spent) expected[use.voucher].spent += v;
        }
        for (const auto& [id, voucher] : scan_.vouchers) {
            require(voucher.amount == voucher.open + voucher.held + voucher.spent + voucher.lapsed,
                    "amount = open + held + spent + lapsed");
            require(voucher.held == expected[id].held, "I17: held is the sum of uses");
            require(voucher.spent == expected[id].spent, "I17: spent is the sum of uses");
        }
    }

    void programmes() {
        for (const auto& [id, programme] : scan_.programmes) {
            u64 open = 0, held = 0, spent = 0, paid_in = 0;
            for (const auto& [voucher_id, voucher] : scan_.vouchers) {
                if (voucher.programme != id) continue;
                open += voucher.open;
                held += voucher.held;
                spent += voucher.spent;
            }
            for (const auto& [funder, paid] : programme.funders) paid_in += paid;
            require(programme.open == open && programme.held == held && programme.spent == spent,
                    "I17: a programme's columns are the sums of its vouchers");
            require(
                programme.budget == programme.unissued + open + held + spent + programme.returned,
                "I17: budget");
            require(programme.budget == paid_in && paid_in <= programme.terms.budget_max,
                    "I17: paid in");
            require(programme.cash == programme.unissued + open + held + programme.returned +
                                          programme.income - programme.repaid,
                    "I17: cash");
        }
    }

    // I18: what was used stays below the caps, and the aggregates equal the uses that count.
    void caps() {
        for (const auto& [id, programme] : scan_.programmes) {
            u64 used = 0;
            for (const auto& [order, use] : scan_.uses)
                if (use.state != UseState::released &&
                    scan_.vouchers.at(use.voucher).programme == id) {
                    used += use.v;
                    require(use.v <= programme.terms.cap_order, "I18: cap_order");
                }
            require(sum_below(scan_.used_holder, id, programme.terms.cap_company) == used,
                    "I18: used by holder");
            require(sum_below(scan_.used_group, id, programme.terms.cap_group) == used,
                    "I18: used by group");
            require(sum_below(scan_.used_pair, id, programme.terms.cap_pair) == used,
                    "I18: used by pair");
            u64 amounts = 0;
            for (const auto& [voucher_id, voucher] : scan_.vouchers)
                if (voucher.programme == id) amounts += voucher.amount;
            require(sum_below(scan_.issued, id, programme.terms.cap_company) == amounts,
                    "I18: issued");
        }
    }
    u64 sum_below(const std::map<Bytes, u64>& aggregate, const ProgrammeId& programme, u64 cap) {
        u64 sum = 0;
        for (const auto& [key, won] : aggregate) {
            if (!std::equal(programme.bytes.begin(), programme.bytes.end(), key.begin())) continue;
            require(won <= cap, "I18: a cap is passed");
            sum += won;
        }
        return sum;
    }

    void index() {
        MarketRules::DeadlineIndex expected;
        for (const auto& [id, order] : scan_.orders)
            if (order.closed_height == 0) expected.emplace(order.deadline_ms, id);
        require(world_.rules.deadlines() == expected, "I10: one entry for every open order");
        MarketRules rebuilt;
        rebuilt.rebuild(world_.state);
        require(rebuilt.deadlines() == expected, "I10: the rebuilt index is equal");
    }

    const MarketWorld& world_;
    StateScan scan_;
    std::vector<std::string> broken_;
};

inline std::vector<std::string> broken_invariants(const MarketWorld& world) {
    std::vector<std::string> broken = InvariantCheck(world).broken();
    broken.insert(broken.end(), world.faults.begin(), world.faults.end());
    return broken;
}
// The same as one text, for messages; empty if all hold.
inline std::string broken_text(const MarketWorld& world) {
    std::string all;
    for (const std::string& what : broken_invariants(world)) all += what + "; ";
    return all;
}

}  // namespace jangbu::test
