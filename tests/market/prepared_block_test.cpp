// A prepared block decides what the rules decide, one operation after the other.
#include "market/prepared_block.h"

#include <doctest/doctest.h>

#include "tests/support/test_trade.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

struct BlockScene {
    MarketWorld world;
    Offer offer;
    std::vector<std::unique_ptr<TestTrade>> trades;
    std::vector<std::pair<const Member*, Operation>> operations;

    BlockScene() {
        world.set_parameter(parameters::unlocked_orders_max, 100);
        for (const Member* member : {&world.seller, &world.buyer}) world.mint(*member, 900'000'000);
        offer = make_offer(world, world.seller, 1'000'000);
    }
    TestTrade& trade() {
        return *trades.emplace_back(
            std::make_unique<TestTrade>(world, world.seller, world.buyer, offer));
    }
    void add(const Member& by, const Operation& operation) {
        operations.emplace_back(&by, operation);
    }
    ledger::Key key_of(const Member& member) const {
        return ledger::find_key(world.state, member.transact_id).value();
    }

    // Every operation on its own state, and then all in one block, prepared and not. Which codes
    // came out.
    std::vector<ledger::RejectionCode> judge() {
        std::vector<ledger::Transaction> transactions(operations.size());
        for (std::size_t i = 0; i < operations.size(); ++i)
            transactions[i].body.operation = encode(operations[i].second);
        const auto prepared = world.rules.prepare(transactions, 1);
        const auto unprepared = world.rules.prepare(transactions, 1);
        prepared->judge_ahead(world.state);
        ledger::BlockContext block = world.block;
        ++block.height;
        std::vector<ledger::RejectionCode> codes;
        ledger::Overlay one_by_one(world.state);
        ledger::Overlay together(world.state);
        for (std::size_t i = 0; i < operations.size(); ++i) {
            const Bytes& bytes = transactions[i].body.operation;
            CHECK_FALSE(prepared->form(i));
            CHECK(prepared->purposes(i) == world.rules.purposes(bytes));
            CHECK(std::ranges::equal(prepared->documents(i), world.rules.documents(bytes)));
            const ledger::Key author = key_of(*operations[i].first);
            ledger::Overlay a(one_by_one);
            ledger::Overlay b(together);
            ledger::Overlay c(together);
            const auto rule = world.rules.apply(bytes, {}, block, author, world.documents, a);
            const auto ahead = prepared->apply(i, {}, block, author, world.documents, b);
            const auto alone = unprepared->apply(i, {}, block, author, world.documents, c);
            CHECK(ahead.code == rule.code);
            CHECK(alone.code == rule.code);
            CHECK(ahead.events == rule.events);
            CHECK(a.changes() == b.changes());
            codes.push_back(rule.code);
            if (rule.code != ledger::accepted) continue;
            a.apply_to(one_by_one);
            b.apply_to(together);
        }
        CHECK(one_by_one.changes() == together.changes());
        return codes;
    }
};

u64 count(const std::vector<ledger::RejectionCode>& codes, ledger::RejectionCode code) {
    return static_cast<u64>(std::ranges::count(codes, code));
}

PointBytes not_a_point() {
    PointBytes bytes{};
    bytes[0] = 1;  // negative
    return bytes;
}

}  // namespace

TEST_CASE("prepared block: points and keys, good and bad, are judged as one by one") {
    BlockScene scene;
    const auto invalid_point = market::code(Rejection::point_invalid);
    for (int i = 0; i < 12; ++i) {
        TestTrade& trade = scene.trade();
        if (i % 4 == 1) trade.place.t = {not_a_point()};
        if (i % 4 == 2) trade.place.t = {PointBytes{}};  // the identity
        scene.add(scene.world.buyer, trade.place);
    }
    auto codes = scene.judge();
    CHECK(count(codes, invalid_point) == 6);
    CHECK(count(codes, ledger::accepted) == 6);

    scene.operations.clear();
    for (int i = 0; i < 12; ++i) {
        TestTrade& trade = scene.trade();
        REQUIRE(trade.to(OrderState::placed));
        AcceptOrder accept = trade.accept();
        if (i % 3 == 1) accept.y = not_a_point();
        scene.add(scene.world.seller, accept);
    }
    codes = scene.judge();
    CHECK(count(codes, invalid_point) == 4);
    CHECK(count(codes, ledger::accepted) == 8);

    scene.operations.clear();
    for (int i = 0; i < 12; ++i) {
        TestTrade& trade = scene.trade();
        REQUIRE(trade.to(OrderState::locked));
        PostKey post = trade.post_key();
        if (i % 4 == 1) post.m = scene.trades.front()->post_key().m;
        if (i % 4 == 2) post.m.fill(0xff);  // no scalar
        scene.add(scene.world.seller, post);
    }
    codes = scene.judge();
    CHECK(count(codes, market::code(Rejection::key_mismatch)) == 3);
    CHECK(count(codes, market::code(Rejection::scalar_invalid)) == 3);
    CHECK(count(codes, ledger::accepted) == 6);
    CHECK(scene.world.faults.empty());
}

TEST_CASE("prepared block: an order that goes all its steps within one block") {
    BlockScene scene;
    std::vector<Operation> steps[5];
    for (int i = 0; i < 10; ++i) {
        TestTrade& trade = scene.trade();
        trade.encrypt();
        steps[0].push_back(trade.place);
        steps[1].push_back(trade.accept());
        steps[2].push_back(trade.lock());
        PostKey post = trade.post_key();
        if (i % 5 == 1) post.m = scene.trades.front()->post_key().m;
        steps[3].push_back(post);
        steps[4].push_back(trade.confirm());
    }
    for (std::size_t step = 0; step < 5; ++step)
        for (const Operation& operation : steps[step])
            scene.add(step == 1 || step == 3 ? scene.world.seller : scene.world.buyer, operation);
    const auto codes = scene.judge();
    CHECK(count(codes, market::code(Rejection::key_mismatch)) == 2);
    CHECK(count(codes, market::code(Rejection::wrong_state)) == 2);
    CHECK(count(codes, ledger::accepted) == 46);
}

TEST_CASE("prepared block: what does not decode is malformed, what is too new not active") {
    const MarketRules rules;
    std::vector<ledger::Transaction> transactions(2);
    transactions[0].body.operation = {99, 1, 2};
    transactions[1].body.operation = encode(Operation(ConfirmOrder{}));
    const auto prepared = rules.prepare(transactions, 1);
    CHECK(prepared->form(0) == ledger::Rejection::malformed);
    CHECK_FALSE(prepared->form(1));
    CHECK(rules.prepare(transactions, 0)->form(1) == ledger::Rejection::not_yet_active);
}
