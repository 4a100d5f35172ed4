#include <doctest/doctest.h>

#include "market/settlement.h"
#include "tests/support/market_invariants.h"
#include "tests/support/test_trade.h"

namespace jangbu::test {
namespace {

// The example of docs/exchange.md section 6.
OrderMoney example() {
    OrderMoney money;
    money.supply = 1'000'003;
    money.tax = 100'000;
    money.own = 400'003;
    money.voucher = 700'000;
    money.voucher_id = VoucherId(named_hash("voucher"));
    money.programme = ProgrammeId(named_hash("programme"));
    money.fee_bps = 100;
    money.bond = 50'000;
    money.penalty_bps = 200;
    money.tax_rule = 1;
    return money;
}

}  // namespace

TEST_CASE("settlement: the example of the law to the won, royalties included") {
    OrderMoney money = example();
    CHECK(tax_of(money.supply, 1, 1'000) == 100'000);
    CHECK(tax_of(money.supply, 0, 1'000) == 0);
    CHECK(tax_of(money.supply, 2, 1'000) == 0);
    CHECK(bond_of(money.supply, 500, 1'000'000) == 50'000);
    CHECK(share_of(money.supply, 7'000, bps_whole) == 700'002);

    const OrgId first(named_hash("first"));
    const OrgId second(named_hash("second"));
    const OrgId seller(named_hash("seller"));
    money.upstream = Upstream{{{first, 120'000}, {second, 33'333}}};
    const Settlement settlement = settle(money, seller);
    CHECK(settlement.fee == 10'000);
    REQUIRE(settlement.upstream.size() == 2);
    CHECK(settlement.upstream[0] == std::pair(first, u64{120'000}));
    CHECK(settlement.upstream[1] == std::pair(second, u64{33'333}));
    CHECK(settlement.seller == 936'670);
    CHECK(settlement.seller + settlement.fee + 120'000 + 33'333 == money.own + money.voucher);

    // Row 12: pen 20,000, buyer 6,000, programme 14,000. Row 15: bond 50,000, buyer 15,000,
    // programme 35,000.
    CHECK(penalty_of(money) == 20'000);
    CHECK(split_forfeit(20'000, money.supply, 700'000).buyer == 6'000);
    CHECK(split_forfeit(20'000, money.supply, 700'000).programme == 14'000);
    CHECK(split_forfeit(50'000, money.supply, 700'000).buyer == 15'000);
    CHECK(split_forfeit(50'000, money.supply, 700'000).programme == 35'000);
}

TEST_CASE("settlement: an upstream entry that is the seller itself is left out") {
    OrderMoney money = example();
    const OrgId seller(named_hash("seller"));
    money.upstream = Upstream{{{seller, 120'000}}};
    CHECK(settle(money, seller).upstream.empty());
    CHECK(settle(money, seller).seller == 1'090'003);
}

TEST_CASE("settlement: the largest amounts do not wrap, and a price of 0 forfeits nothing") {
    OrderMoney money = example();
    money.supply = 1'000'000'000'000'000;
    money.tax = 250'000'000'000'000;
    money.fee_bps = 500;
    money.penalty_bps = 1'000;
    money.bond = bond_of(money.supply, 2'000, 1'000'000);
    CHECK(money.bond == 200'000'000'000'000);
    CHECK(settle(money, OrgId()).seller == 1'200'000'000'000'000);
    CHECK(penalty_of(money) == 100'000'000'000'000);
    const Forfeit forfeit = split_forfeit(money.bond, money.supply, money.supply - 1);
    CHECK(forfeit.buyer == 0);
    CHECK(forfeit.programme == money.bond);
    CHECK(split_forfeit(0, 0, 0).buyer == 0);
    CHECK(bond_of(999'999, 500, 1'000'000) == 0);
    CHECK(bond_of(1'000'000, 500, 1'000'000) == 50'000);
}

namespace {

// A world in which the example is an order with a voucher of 700,000.
struct ExampleWorld {
    MarketWorld world;
    ProgrammeId programme;
    VoucherId voucher;
    std::optional<TestTrade> trade;

    ExampleWorld() {
        world.mint(world.buyer, 400'003);
        world.mint(world.seller, 50'000);
        programme = world.open_programme(1'000'000);
        voucher = world.voucher(programme, world.buyer, 900'000);
        trade.emplace(world, world.seller, world.buyer, make_offer(world, world.seller, 1'000'003),
                      700'000, voucher);
    }
    Programme books() const { return find_programme(world.state, programme).value(); }
    Voucher claim() const { return find_voucher(world.state, voucher).value(); }
    void check_invariants() const { CHECK(broken_text(world) == ""); }
};

}  // namespace

TEST_CASE("settlement: the example through the operations, row 14") {
    ExampleWorld it;
    REQUIRE(it.trade->to(OrderState::settled));
    CHECK(it.world.account(it.world.buyer).available == 0);
    CHECK(it.world.account(it.world.seller).available == 50'000 + 1'090'003);  // without upstream
    CHECK(it.world.account(it.world.node).available == 10'000);
    CHECK(it.books().cash == 300'000);
    CHECK(it.books().spent == 700'000);
    CHECK(it.books().income == 0);
    CHECK(it.claim().open == 200'000);
    CHECK(it.claim().held == 0);
    CHECK(it.claim().spent == 700'000);
    it.check_invariants();
}

TEST_CASE("settlement: the example through the operations, with royalties in the record") {
    ExampleWorld it;
    REQUIRE(it.trade->to(OrderState::keyed));
    OrderMoney money = it.world.order_money(it.trade->id);
    std::vector<std::pair<OrgId, u32>> shares{{it.world.rival.id, 120'000},
                                              {it.world.outsider.id, 33'333}};
    std::sort(shares.begin(), shares.end());
    money.upstream = Upstream{shares};
    it.world.put(order_money_key(it.trade->id), money);
    REQUIRE(it.world.run(it.world.buyer, it.trade->confirm()) == 0);
    CHECK(it.world.account(it.world.seller).available == 50'000 + 936'670);
    CHECK(it.world.account(it.world.rival).available == 120'000);
    CHECK(it.world.account(it.world.outsider).available == 33'333);
    CHECK(it.world.account(it.world.node).available == 10'000);
    CHECK(it.books().cash == 300'000);
    it.check_invariants();
}

TEST_CASE("settlement: the example through the operations, row 12") {
    ExampleWorld it;
    REQUIRE(it.trade->to(OrderState::locked));
    CHECK(it.world.wait(it.world.order(it.trade->id).key_ms + 1) == 1);
    CHECK(it.trade->state() == OrderState::refund_nokey);
    CHECK(it.world.account(it.world.buyer).available == 400'003 + 6'000);
    CHECK(it.world.account(it.world.seller).available == 30'000);
    CHECK(it.books().income == 14'000);
    CHECK(it.books().cash == 1'000'000 + 14'000);
    CHECK(it.claim().open == 900'000);
    it.check_invariants();
}

TEST_CASE("settlement: the example through the operations, row 15") {
    ExampleWorld it;
    REQUIRE(it.trade->to(OrderState::keyed, 2));
    REQUIRE(it.world.run(it.world.buyer, it.trade->prove(2)) == 0);
    CHECK(it.world.account(it.world.buyer).available == 400'003 + 15'000);
    CHECK(it.world.account(it.world.seller).available == 0);
    CHECK(it.books().income == 35'000);
    CHECK(it.books().cash == 1'000'000 + 35'000);
    CHECK(it.claim().open == 900'000);
    CHECK(it.claim().held == 0);
    it.check_invariants();
}

TEST_CASE(
    "settlement: held voucher money of an expired or revoked voucher goes back to the programme") {
    for (const bool revoked : {false, true}) {
        ExampleWorld it;
        REQUIRE(it.trade->to(OrderState::placed));
        Voucher voucher = it.claim();
        if (revoked)
            voucher.state = VoucherState::revoked;
        else
            voucher.expiry_ms = it.world.block.time_ms;  // the next block is later
        it.world.put(voucher_key(it.voucher), voucher);
        REQUIRE(it.world.run(it.world.seller, RejectOrder{it.trade->id, 1}) == 0);
        CHECK(it.claim().held == 0);
        CHECK(it.claim().open == 200'000);
        CHECK(it.claim().lapsed == 700'000);
        CHECK(it.books().unissued == 100'000 + 700'000);
        it.check_invariants();
    }
}

}  // namespace jangbu::test
