#include <doctest/doctest.h>

#include "market/order_machine.h"
#include "tests/support/market_invariants.h"
#include "tests/support/test_trade.h"

namespace jangbu::test {
namespace {

using market::parameters::hour_ms;

struct Shop {
    MarketWorld world;
    Offer offer;

    explicit Shop(u64 supply = 2'000'000) {
        world.mint(world.buyer, 100'000'000);
        world.mint(world.seller, 10'000'000);
        offer = make_offer(world, world.seller, supply);
    }
    TestTrade trade() { return {world, world.seller, world.buyer, offer}; }
    void check() const { CHECK(broken_text(world) == ""); }
};

// The events of the last block that say that an order moved.
std::vector<OrderMoved> moves(const MarketWorld& world) {
    std::vector<OrderMoved> found;
    for (const Event& event : world.events)
        if (const auto* moved = std::get_if<OrderMoved>(&event)) found.push_back(*moved);
    return found;
}

}  // namespace

TEST_CASE("order: a whole trade, state by state, with heights, windows and events") {
    Shop shop;
    MarketWorld& world = shop.world;
    TestTrade trade = shop.trade();

    REQUIRE(world.run(world.buyer, trade.place) == 0);
    OrderPublic order = world.order(trade.id);
    CHECK(order.state == OrderState::placed);
    CHECK(order.opened_height == world.block.height);
    CHECK(order.deadline_ms == world.block.market_time_ms + 72 * hour_ms);
    CHECK(order.lock_ms == 24 * hour_ms + 1'000);  // one MiB begun
    CHECK(order.key_ms == 72 * hour_ms);
    CHECK(order.dispute_ms == 72 * hour_ms + 1'000);
    CHECK(order.n == 4);
    CHECK(world.account(world.buyer).reserved == 2'200'000);
    CHECK(world.account(world.buyer).unlocked_orders == 1);
    REQUIRE(moves(world).size() == 1);
    CHECK(moves(world)[0].from == std::nullopt);
    CHECK(moves(world)[0].deadline_ms == order.deadline_ms);
    OrderMoney money = world.order_money(trade.id);
    CHECK(money.bond == 100'000);
    CHECK(money.fee_bps == 100);
    CHECK(money.penalty_bps == 200);

    trade.encrypt();
    REQUIRE(world.run(world.seller, trade.accept(), Purpose::deliver) == 0);
    order = world.order(trade.id);
    CHECK(order.state == OrderState::accepted);
    CHECK(order.y == trade.y);
    CHECK(order.ct_root == trade.ct_root);
    CHECK(order.store_org == world.node.id);
    CHECK(order.deadline_ms == world.block.market_time_ms + order.lock_ms);
    CHECK(world.account(world.seller).bond == 100'000);

    REQUIRE(world.run(world.buyer, trade.lock(), Purpose::deliver) == 0);
    order = world.order(trade.id);
    CHECK(order.state == OrderState::locked);
    CHECK(order.locked_height == world.block.height);
    CHECK(order.deadline_ms == world.block.market_time_ms + order.key_ms);
    CHECK(world.account(world.buyer).reserved == 0);
    CHECK(world.account(world.buyer).unlocked_orders == 0);

    REQUIRE(world.run(world.seller, trade.post_key(), Purpose::deliver) == 0);
    order = world.order(trade.id);
    CHECK(order.state == OrderState::keyed);
    CHECK(order.keyed_height == world.block.height);
    CHECK(order.deadline_ms == world.block.market_time_ms + order.dispute_ms);
    CHECK(order.m == trade.post_key().m);

    REQUIRE(world.run(world.buyer, trade.confirm(), Purpose::deliver) == 0);
    order = world.order(trade.id);
    CHECK(order.state == OrderState::settled);
    CHECK(order.closed_height == world.block.height);
    CHECK(order.deadline_ms == world.block.market_time_ms + 180 * 24 * hour_ms);
    CHECK(world.account(world.buyer).available == 100'000'000 - 2'200'000);
    CHECK(world.account(world.seller).available == 10'000'000 + 2'000'000 - 20'000 + 200'000);
    CHECK(world.account(world.seller).bond == 0);
    CHECK(world.account(world.node).available == 20'000);
    CHECK(moves(world)[0].from == OrderState::keyed);
    CHECK(moves(world)[0].to == OrderState::settled);
    shop.check();
}

TEST_CASE("order: rows 6 and 10, the ways to call an order off give back everything") {
    struct Case {
        OrderState from;
        bool by_seller;
    };
    for (const Case c : {Case{OrderState::placed, true}, Case{OrderState::placed, false},
                         Case{OrderState::accepted, false}}) {
        Shop shop;
        MarketWorld& world = shop.world;
        TestTrade trade = shop.trade();
        REQUIRE(trade.to(c.from));
        if (c.by_seller)
            CHECK(world.run(world.seller, RejectOrder{trade.id, 7}, Purpose::deliver) == 0);
        else
            CHECK(world.run(world.buyer, DeclineOrder{trade.id, 7}) == 0);
        CHECK(trade.state() == OrderState::cancelled);
        CHECK(world.order(trade.id).deadline_ms == 0);
        CHECK(moves(world)[0].reason == 7);
        CHECK(world.account(world.buyer).available == 100'000'000);
        CHECK(world.account(world.buyer).unlocked_orders == 0);
        CHECK(world.account(world.seller).available == 10'000'000);
        shop.check();
    }
}

TEST_CASE("order: rows 7, 10, 12 and 14, every open state expires to its end") {
    struct Case {
        OrderState from;
        OrderState to;
        u64 buyer_gain;  // relative to what was there before the order
        u64 seller_loss;
    };
    const Case cases[] = {{OrderState::placed, OrderState::cancelled, 0, 0},
                          {OrderState::accepted, OrderState::cancelled, 0, 0},
                          {OrderState::locked, OrderState::refund_nokey, 40'000, 40'000}};
    for (const Case& c : cases) {
        Shop shop;
        MarketWorld& world = shop.world;
        TestTrade trade = shop.trade();
        REQUIRE(trade.to(c.from));
        const u64 deadline = world.order(trade.id).deadline_ms;
        CHECK(world.rules.next_deadline_ms() == deadline + 1);
        CHECK(world.wait(deadline - world.block.market_time_ms) ==
              0);  // the deadline itself is in time
        CHECK(trade.state() == c.from);
        CHECK(world.wait(1) == 1);
        CHECK(trade.state() == c.to);
        CHECK(world.wait(1) == 0);  // nothing expires twice
        CHECK(world.rules.next_deadline_ms() == std::nullopt);
        CHECK(world.account(world.buyer).available == 100'000'000 + c.buyer_gain);
        CHECK(world.account(world.seller).available == 10'000'000 - c.seller_loss);
        CHECK(world.account(world.buyer).unlocked_orders == 0);
        shop.check();
    }
    Shop shop;
    TestTrade trade = shop.trade();
    REQUIRE(trade.to(OrderState::keyed));
    CHECK(shop.world.wait(shop.world.order(trade.id).dispute_ms + 1) == 1);
    CHECK(trade.state() == OrderState::settled);
    CHECK(shop.world.account(shop.world.seller).available == 10'000'000 + 2'180'000);
    shop.check();
}

TEST_CASE("order: an action in a block at the deadline is in time, in each state") {
    Shop shop;
    MarketWorld& world = shop.world;
    TestTrade trade = shop.trade();
    const auto left = [&] {
        return world.order(trade.id).deadline_ms - world.block.market_time_ms;
    };
    REQUIRE(trade.to(OrderState::placed));
    trade.encrypt();
    CHECK(world.run(world.seller, trade.accept(), Purpose::deliver, left()) == 0);
    CHECK(world.run(world.buyer, trade.lock(), Purpose::deliver, left()) == 0);
    CHECK(world.run(world.seller, trade.post_key(), Purpose::deliver, left()) == 0);
    CHECK(world.run(world.buyer, trade.confirm(), Purpose::deliver, left()) == 0);
    CHECK(trade.state() == OrderState::settled);
    shop.check();
}

TEST_CASE(
    "order: expiries run in (deadline, id) order, at most so many a block, and the rest refuse "
    "every action") {
    Shop shop;
    MarketWorld& world = shop.world;
    world.set_parameter(ledger::parameters::expiries_per_block_max, 2);
    std::vector<TestTrade> trades;
    for (int i = 0; i < 5; ++i) {
        trades.push_back(shop.trade());
        REQUIRE(world.run(world.buyer, trades.back().place, Purpose::transact, 1) == 0);
    }
    std::vector<std::pair<u64, OrderId>> expected(world.rules.deadlines().begin(),
                                                  world.rules.deadlines().end());
    REQUIRE(expected.size() == 5);
    const auto moved_in_order = [&](std::size_t first, std::size_t count) {
        const std::vector<OrderMoved> found = moves(world);
        REQUIRE(found.size() == count);
        for (std::size_t i = 0; i < count; ++i) CHECK(found[i].order == expected[first + i].second);
    };
    CHECK(world.wait(73 * hour_ms) == 2);
    moved_in_order(0, 2);
    // The last one waits: the block in which it is refused expires two others first.
    trades.back().encrypt();
    CHECK(world.run(world.seller, trades.back().accept()) == code(Rejection::too_late));
    moved_in_order(2, 2);
    CHECK(world.wait(1) == 1);
    moved_in_order(4, 1);
    CHECK(world.wait(1) == 0);
    shop.check();
}

TEST_CASE("order: a price of 0 goes through the same states without bond and penalty") {
    Shop shop(0);
    MarketWorld& world = shop.world;
    TestTrade settled = shop.trade();
    CHECK(settled.to(OrderState::settled));
    TestTrade silent = shop.trade();
    CHECK(silent.to(OrderState::locked));
    CHECK(world.wait(80 * hour_ms) == 1);
    CHECK(silent.state() == OrderState::refund_nokey);
    TestTrade bad = shop.trade();
    CHECK(bad.to(OrderState::keyed, 0));
    CHECK(world.run(world.buyer, bad.prove(0)) == 0);
    CHECK(world.account(world.buyer).available == 100'000'000);
    CHECK(world.account(world.seller).available == 10'000'000);
    CHECK(world.account(world.seller).strikes == 1);
    shop.check();
}

TEST_CASE("order: windows are the larger of parameter and listing, copied once") {
    Shop shop;
    MarketWorld& world = shop.world;
    PublishListing listing = make_listing(world, shop.offer.dataset.id(), FixedPrice{2'000'000, 1});
    listing.lock_min_ms = 30 * 24 * hour_ms;
    listing.dispute_min_ms = 1'000;
    REQUIRE(world.run(world.seller, listing) == 0);
    shop.offer.listing = listing_id(world.chain, world.seller.id, listing.nonce);
    TestTrade trade = shop.trade();
    REQUIRE(trade.to(OrderState::placed));
    CHECK(world.order(trade.id).lock_ms == 30 * 24 * hour_ms);
    CHECK(world.order(trade.id).dispute_ms == 72 * hour_ms + 1'000);
    // New parameters change nothing for an order that is placed.
    for (const auto& parameter : {parameters::lock_ms, parameters::key_ms, parameters::dispute_ms})
        world.set_parameter(parameter, 1'000);
    world.set_parameter(parameters::fee_bps, 0);
    world.set_parameter(parameters::penalty_bps, 0);
    world.set_parameter(parameters::bond_bps, 0);
    trade.encrypt();
    REQUIRE(world.run(world.seller, trade.accept()) == 0);
    CHECK(world.order(trade.id).deadline_ms == world.block.market_time_ms + 30 * 24 * hour_ms);
    CHECK(world.account(world.seller).bond == 100'000);
    shop.check();
}

TEST_CASE("order: money below 1,000,000 won asks for no bond") {
    Shop shop(999'999);
    TestTrade trade = shop.trade();
    trade.place.tax = 99'999;  // floor
    trade.place.own = 1'099'998;
    REQUIRE(trade.to(OrderState::locked));
    CHECK(shop.world.account(shop.world.seller).bond == 0);
    CHECK(shop.world.wait(80 * hour_ms) == 1);
    CHECK(shop.world.account(shop.world.buyer).available == 100'000'000);
    shop.check();
}

TEST_CASE("order: the table has each open state once per event, and exactly one expiry") {
    for (const OrderState state :
         {OrderState::placed, OrderState::accepted, OrderState::locked, OrderState::keyed}) {
        int expiries = 0;
        for (const Transition& transition : transitions())
            if (transition.from == state && transition.event == OrderEvent::expiry) ++expiries;
        CHECK(expiries == 1);
    }
    std::set<std::pair<OrderState, OrderEvent>> seen;
    for (const Transition& transition : transitions()) {
        CHECK(seen.emplace(transition.from, transition.event).second);
        CHECK_FALSE(is_terminal(transition.from));
    }
    CHECK(seen.size() == 12);
}

TEST_CASE("order: every state refuses every event that is not in its row") {
    // Which of reject, decline, lock, post_key, confirm, prove and accept each state knows.
    const std::map<OrderState, std::set<std::string>> known = {
        {OrderState::placed, {"AcceptOrder", "RejectOrder", "DeclineOrder"}},
        {OrderState::accepted, {"LockOrder", "DeclineOrder"}},
        {OrderState::locked, {"PostKey"}},
        {OrderState::keyed, {"ConfirmOrder", "ProveBadChunk"}},
        {OrderState::settled, {}}};
    for (const auto& [state, events] : known) {
        Shop shop;
        MarketWorld& world = shop.world;
        TestTrade trade = shop.trade();
        REQUIRE(trade.to(state));
        if (trade.ciphertext.empty()) trade.encrypt();
        const std::vector<std::pair<const Member*, Operation>> all = {
            {&world.seller, trade.accept()},
            {&world.seller, RejectOrder{trade.id, 0}},
            {&world.buyer, DeclineOrder{trade.id, 0}},
            {&world.buyer, trade.lock()},
            {&world.seller, trade.post_key()},
            {&world.buyer, trade.confirm()},
            {&world.buyer, trade.prove(0)}};
        for (const auto& [by, operation] : all) {
            if (events.contains(operation_name(operation))) continue;
            CAPTURE(name(state));
            CAPTURE(operation_name(operation));
            CHECK(world.run(*by, operation) == code(Rejection::wrong_state));
        }
        shop.check();
    }
}

TEST_CASE("order: terminal states refuse everything") {
    Shop shop;
    MarketWorld& world = shop.world;
    TestTrade trade = shop.trade();
    REQUIRE(trade.to(OrderState::placed));
    trade.encrypt();
    for (u8 state = 5; state <= 14; ++state) {
        OrderPublic order = world.order(trade.id);
        order.state = static_cast<OrderState>(state);
        if (!is_terminal(order.state)) continue;  // REVIEW and SUBSCRIBED
        MarketWorld copy;                         // the records alone, in a world of their own
        copy.put(order_public_key(trade.id), order);
        copy.put(order_money_key(trade.id), world.order_money(trade.id));
        for (const Operation& operation :
             {Operation(trade.accept()), Operation(RejectOrder{trade.id, 0}),
              Operation(DeclineOrder{trade.id, 0}), Operation(trade.lock()),
              Operation(trade.post_key()), Operation(trade.confirm())})
            for (const Member* by : {&copy.seller, &copy.buyer})
                CHECK(copy.run(*by, operation) == code(Rejection::wrong_state));
    }
}

TEST_CASE("order: who may sign what") {
    MarketWorld world;
    const auto purposes = [&](const Operation& operation) {
        return world.rules.purposes(encode(operation));
    };
    constexpr u8 transact = 1;
    constexpr u8 deliver = 2;
    for (const Operation& operation :
         {Operation(AddKey{}), Operation(RevokeKey{}), Operation(MintCredits{}),
          Operation(FundProgramme{}), Operation(OpenProgramme{}), Operation(IssueVoucher{}),
          Operation(RegisterDataset{}), Operation(PublishListing{}), Operation(DeclineOrder{}),
          Operation(AttestDataset{}), Operation(world.programme_terms())})
        CHECK(purposes(operation) == transact);
    constexpr u8 operate = 8;
    CHECK(purposes(OpenEpoch{}) == operate);
    PlaceOrder place;
    place.t = {PointBytes{}};
    CHECK(purposes(place) == transact);
    for (const Operation& operation :
         {Operation(AcceptOrder{}), Operation(RejectOrder{}), Operation(LockOrder{}),
          Operation(PostKey{}), Operation(ConfirmOrder{}), Operation(ProveBadChunk{})})
        CHECK(purposes(operation) == (transact | deliver));
}

TEST_CASE("order: every document that an operation names is listed") {
    MarketWorld world;
    const DocumentRef one = world.documents.text("one");
    const DocumentRef two = world.documents.text("two");
    const DocumentRef three = world.documents.text("three");
    const auto documents = [&](const Operation& operation) {
        return world.rules.documents(encode(operation));
    };
    RegisterDataset dataset;
    CHECK(documents(dataset).empty());
    dataset.description = one;
    dataset.profile = two;
    dataset.process = three;
    CHECK(documents(dataset) == std::vector{one, two, three});
    PublishListing listing;
    listing.description = one;
    CHECK(documents(listing) == std::vector{one});
    listing.licence.odrl = two;
    CHECK(documents(listing) == std::vector{two, one});
    PlaceOrder place;
    place.t = {PointBytes{}};
    CHECK(documents(place).empty());
    place.terms = one;
    CHECK(documents(place) == std::vector{one});
    ProveBadChunk proof;
    proof.chunk = three;
    CHECK(documents(proof) == std::vector{three});
    CreateProgramme programme = world.programme_terms();
    programme.terms.rules = two;
    CHECK(documents(programme) == std::vector{two});
    AttestDataset attestation;
    CHECK(documents(attestation).empty());
    attestation.document = one;
    CHECK(documents(attestation) == std::vector{one});
    CHECK(documents(ConfirmOrder{}).empty());
}

TEST_CASE("order: strikes add up and suspend all listings of the seller") {
    Shop shop;
    MarketWorld& world = shop.world;
    for (int strike = 1; strike <= 3; ++strike) {
        const Offer offer = make_offer(world, world.seller, 1'000);
        TestTrade trade(world, world.seller, world.buyer, offer);
        REQUIRE(trade.to(OrderState::keyed, 0));
        REQUIRE(world.run(world.buyer, trade.prove(0)) == 0);
        CHECK(world.account(world.seller).strikes == static_cast<u32>(strike));
        TestTrade again(world, world.seller, world.buyer, offer);
        CHECK(world.run(world.buyer, again.place) == code(Rejection::dataset_suspended));
        TestTrade other = shop.trade();
        CHECK(world.run(world.buyer, other.place) == (strike < 3 ? 0 : code(Rejection::suspended)));
    }
    shop.check();
}

}  // namespace jangbu::test
