// Random histories: the invariants of docs/exchange.md section 14 after every operation.
#include <doctest/doctest.h>

#include "tests/support/random_market.h"

namespace jangbu::test {
namespace {

// Rebuilds every balance from the journal alone. It shares no code with what writes balances.
class Auditor {
public:
    void read(const std::vector<Event>& events) {
        for (const Event& event : events)
            if (const auto* moved = std::get_if<MoneyMoved>(&event))
                for (const Posting& posting : moved->postings)
                    sums_[{posting.column, posting.owner}] +=
                        posting.gain ? static_cast<i64>(posting.amount)
                                     : -static_cast<i64>(posting.amount);
    }
    u64 balance(Column column, const Hash& owner) const {
        const auto found = sums_.find({static_cast<u8>(column), owner});
        return found == sums_.end() ? 0 : static_cast<u64>(found->second);
    }
    // What the journal says of each record, compared with the record.
    std::string differences(const StateTree& state) const {
        const StateScan scan(state);
        std::string found;
        const auto same = [&](const char* what, u64 record, Column column, const Hash& owner) {
            if (record != balance(column, owner))
                found += std::string(what) + " differs from the journal; ";
        };
        for (const auto& [id, account] : scan.accounts) {
            same("available", account.available, Column::available, id.bytes);
            same("reserved", account.reserved, Column::reserved, id.bytes);
            same("bond", account.bond, Column::bond, id.bytes);
        }
        for (const auto& [id, programme] : scan.programmes) {
            same("cash", programme.cash, Column::programme_cash, id.bytes);
            same("unissued", programme.unissued, Column::unissued, id.bytes);
            same("budget", programme.budget, Column::budget, id.bytes);
            same("income", programme.income, Column::income, id.bytes);
        }
        for (const auto& [id, voucher] : scan.vouchers) {
            same("open", voucher.open, Column::voucher_open, id.bytes);
            same("held", voucher.held, Column::voucher_held, id.bytes);
            same("spent", voucher.spent, Column::voucher_spent, id.bytes);
            same("lapsed", voucher.lapsed, Column::voucher_lapsed, id.bytes);
        }
        for (const auto& [id, order] : scan.orders) {
            const bool locked =
                order.state == OrderState::locked || order.state == OrderState::keyed;
            same("escrow", locked ? scan.money.at(id).own : 0, Column::escrow, id.bytes);
        }
        return found;
    }

private:
    std::map<std::pair<u8, Hash>, i64> sums_;
};

// I4, I13, I15: what the buyer of each order that ended in this block gained, from the journal,
// against the law.
std::string wrong_gains(const MarketWorld& world) {
    std::string found;
    std::map<OrgId, i64> gained;
    std::map<OrgId, i64> due;
    for (const Event& event : world.events) {
        if (const auto* moved = std::get_if<MoneyMoved>(&event)) {
            for (const Posting& posting : moved->postings)
                if (posting.column == static_cast<u8>(Column::available))
                    gained[OrgId(posting.owner)] += posting.gain
                                                        ? static_cast<i64>(posting.amount)
                                                        : -static_cast<i64>(posting.amount);
        } else if (const auto* order = std::get_if<OrderMoved>(&event)) {
            const OrderMoney money = world.order_money(order->order);
            const u64 v = money.voucher_id ? money.voucher : 0;
            const auto part = [&](u64 x) {
                return money.supply == 0 ? 0
                                         : static_cast<i64>(static_cast<u128>(x) *
                                                            (money.supply - v) / money.supply);
            };
            const u64 penalty = std::min<u64>(
                money.bond,
                static_cast<u64>(static_cast<u128>(money.supply) * money.penalty_bps / 10'000));
            i64& buyer = due[order->buyer];
            i64& seller = due[order->seller];
            const i64 own = static_cast<i64>(money.own);
            const i64 bond = static_cast<i64>(money.bond);
            switch (order->to) {
                case OrderState::placed:
                    buyer -= own;
                    break;
                case OrderState::accepted:
                    seller -= bond;
                    break;
                case OrderState::cancelled:
                    buyer += own;
                    if (order->from == OrderState::accepted) seller += bond;
                    break;
                case OrderState::refund_nokey:
                    buyer += own + part(penalty);
                    seller += bond - static_cast<i64>(penalty);
                    break;
                case OrderState::refund_proven:
                    buyer += own + part(money.bond);
                    break;
                case OrderState::settled: {
                    const i64 fee =
                        static_cast<i64>(static_cast<u128>(money.supply) * money.fee_bps / 10'000);
                    seller += bond + static_cast<i64>(money.supply + money.tax) - fee;
                    due[world.node.id] += fee;
                    break;
                }
                default:
                    break;
            }
        }
    }
    bool only_orders = true;
    for (const Event& event : world.events)
        if (std::holds_alternative<CreditsMinted>(event) ||
            std::holds_alternative<ProgrammeFunded>(event))
            only_orders = false;
    if (!only_orders) return found;  // other money came in
    for (const auto& [org, amount] : due)
        if (gained[org] != amount)
            found += "an order gave a party something else than its row says; ";
    for (const auto& [org, amount] : gained)
        if (amount != due[org]) found += "money for somebody who is no party; ";
    return found;
}

}  // namespace

TEST_CASE("random histories: every invariant holds after every operation") {
    std::map<OrderState, u64> ends;
    for (u64 seed = 1; seed <= 12; ++seed) {
        RandomMarket market(seed);
        std::string broken;
        for (int i = 0; i < 150 && broken.empty(); ++i) {
            market.step();
            broken = broken_text(market.world) + wrong_gains(market.world);
        }
        CAPTURE(seed);
        CHECK(broken == "");
        for (const auto& [state, count] : market.ends()) ends[state] += count;
    }
    // The histories reach every end.
    for (const OrderState state : {OrderState::settled, OrderState::cancelled,
                                   OrderState::refund_nokey, OrderState::refund_proven})
        CHECK(ends[state] > 0);
}

TEST_CASE("random histories: the journal alone gives every balance") {
    MarketWorld world;
    Auditor auditor;
    const auto run = [&](const Member& by, const Operation& operation) {
        const auto code = world.run(by, operation);
        auditor.read(world.events);
        return code;
    };
    MintCredits mint{world.buyer.id, 50'000'000, named_hash("a")};
    run(world.agent, mint);
    mint = {world.seller.id, 5'000'000, named_hash("b")};
    run(world.agent, mint);
    mint = {world.agency.id, 5'000'000, named_hash("c")};
    run(world.agent, mint);
    const CreateProgramme create = world.programme_terms();
    const ProgrammeId programme = programme_id(world.chain, world.agency.id, create.nonce);
    run(world.agency, create);
    run(world.agency, FundProgramme{programme, 5'000'000});
    run(world.agency, OpenProgramme{programme});
    IssueVoucher issue;
    issue.nonce = world.nonce();
    issue.programme = programme;
    issue.holder = world.buyer.id;
    issue.amount = 4'000'000;
    issue.expiry_ms = MarketWorld::genesis_ms + MarketWorld::year_ms;
    issue.purpose_tag = named_hash("purpose");
    run(world.agency, issue);
    const VoucherId voucher = voucher_id(world.chain, world.agency.id, issue.nonce);
    const Offer offer = make_offer(world, world.seller, 1'000'003);
    for (int way = 0; way < 5; ++way) {
        TestTrade trade(world, world.seller, world.buyer, offer, 700'000, voucher);
        trade.encrypt(way == 4 ? std::optional<u64>(1) : std::nullopt);
        CHECK(run(world.buyer, trade.place) == 0);
        if (way == 0) CHECK(run(world.seller, RejectOrder{trade.id, 1}) == 0);
        if (way >= 1) CHECK(run(world.seller, trade.accept()) == 0);
        if (way == 1) CHECK(run(world.buyer, DeclineOrder{trade.id, 1}) == 0);
        if (way >= 2) CHECK(run(world.buyer, trade.lock()) == 0);
        if (way >= 3) CHECK(run(world.seller, trade.post_key()) == 0);
        if (way == 3) CHECK(run(world.buyer, trade.confirm()) == 0);
        if (way == 4) {
            CHECK(run(world.buyer, trade.prove(1)) == 0);
            break;  // the dataset is suspended
        }
        if (way == 2) {
            CHECK(world.wait(80 * 3'600'000ull) == 1);
            auditor.read(world.events);
        }
        CHECK(auditor.differences(world.state) == "");
    }
    CHECK(auditor.differences(world.state) == "");
    CHECK(broken_text(world) == "");
}

TEST_CASE("random histories: the same seed gives the same root, another seed another") {
    const auto root = [](u64 seed) {
        RandomMarket market(seed);
        for (int i = 0; i < 300; ++i) market.step();
        return std::pair(market.world.state.root(), market.world.receipts);
    };
    CHECK(root(7) == root(7));
    CHECK(root(7) != root(8));
}

TEST_CASE("random histories: whoever knows t learns K from m (I6)") {
    MarketWorld world;
    world.mint(world.buyer, 10'000'000);
    world.mint(world.seller, 1'000'000);
    TestTrade trade(world, world.seller, world.buyer, make_offer(world, world.seller, 1'000'000));
    REQUIRE(trade.to(OrderState::keyed));
    const OrderPublic order = world.order(trade.id);
    const auto e_b =
        crypto::fx1::buyer_secret(world.buyer.secret.delivery_secret(), trade.id.bytes);
    const auto t =
        crypto::fx1::mask(e_b, crypto::exchange_public(world.seller.prekey), order.e_b,
                          crypto::exchange_public(world.seller.prekey), trade.id.bytes, 0);
    const crypto::Scalar key = crypto::sub(crypto::Scalar::decode(*order.m).value(), *t);
    CHECK(crypto::mul_base(key)->bytes() == *order.y);
}

}  // namespace jangbu::test
