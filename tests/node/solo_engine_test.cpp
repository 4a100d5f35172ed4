#include "node/solo_engine.h"

#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;
using market::parameters::hour_ms;
using node::Agenda;

namespace {

void rest() {
    std::this_thread::sleep_for(std::chrono::milliseconds(350));  // several turns of the strand
}

}  // namespace

TEST_CASE("solo engine: block time is the larger of previous + 1 and now") {
    CHECK(node::solo_block_time(1'000, 5'000) == 5'000);
    CHECK(node::solo_block_time(1'000, 1'000) == 1'001);
    CHECK(node::solo_block_time(1'000, 10) == 1'001);
}

TEST_CASE("solo engine: the clock may be 5 s behind the last block and 24 h ahead, no more") {
    constexpr u64 last = 1'800'000'000'000;
    CHECK_FALSE(node::clock_refusal(last, last, false).has_value());
    CHECK_FALSE(node::clock_refusal(last, last - 5'000, false).has_value());
    CHECK(node::clock_refusal(last, last - 5'001, false).has_value());
    CHECK(node::clock_refusal(last, last - 5'001, true).has_value());
    CHECK_FALSE(node::clock_refusal(last, last + 24 * hour_ms, false).has_value());
    const auto refusal = node::clock_refusal(last, last + 24 * hour_ms + 1, false);
    REQUIRE(refusal.has_value());
    CHECK(refusal->find("--accept-clock") != std::string::npos);
    CHECK_FALSE(node::clock_refusal(last, last + 24 * hour_ms + 1, true).has_value());
}

TEST_CASE("solo engine: a block is due for the heartbeat, or a deadline in market time") {
    Agenda agenda;
    agenda.head.time_ms = 1'000'000;
    agenda.head.market_time_ms = 500'000;
    agenda.heartbeat_ms = 60'000;
    agenda.halt_gap_ms = 10'000;
    CHECK_FALSE(node::is_due(agenda, 1'059'999));
    CHECK(node::is_due(agenda, 1'060'000));
    agenda.next_deadline_ms = 500'500;
    CHECK_FALSE(node::is_due(agenda, 1'000'499));
    CHECK(node::is_due(agenda, 1'000'500));
    agenda.next_deadline_ms = 510'001;  // beyond the halt gap: this block cannot reach it
    CHECK_FALSE(node::is_due(agenda, 1'059'999));
}

TEST_CASE("solo engine: makes no block without a reason, and one at each heartbeat") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    rest();
    CHECK(in.node->head()->header.height == 0);
    in.now_ms += 59'999;
    rest();
    CHECK(in.node->head()->header.height == 0);
    in.reach(1, in.now_ms + 1);
    const ledger::Header head = in.node->head()->header;
    CHECK(head.time_ms == MarketWorld::genesis_ms + 60'000);
    CHECK(head.market_time_ms == MarketWorld::genesis_ms + 60'000);
    CHECK(head.tx_count == 0);
    rest();
    CHECK(in.node->head()->header.height == 1);
}

TEST_CASE("solo engine: block times rise under a clock that stands still or steps back a little") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    in.mint(in.world.buyer, 1);
    const u64 first = in.node->head()->header.time_ms;
    in.mint(in.world.buyer, 1);
    CHECK(in.node->head()->header.time_ms == first + 1);
    in.now_ms -= 4'000;
    in.mint(in.world.buyer, 1);
    CHECK(in.node->head()->header.time_ms == first + 2);
}

TEST_CASE("solo engine: pauses while the clock is far behind, and goes on when it is right again") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    in.now_ms += 20'000;
    in.mint(in.world.buyer, 1);
    const u64 height = in.node->head()->header.height;
    const ledger::Transaction mint =
        in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 2));
    in.now_ms -= 6'000;
    const Admitted answer = in.submit(mint);
    CHECK(answer.status == Admitted::Status::pending);
    rest();
    CHECK(in.node->head()->header.height == height);
    REQUIRE(in.node->paused().has_value());
    CHECK(in.node->paused()->find("behind") != std::string::npos);
    in.now_ms += 6'000;
    CHECK(in.wait(answer.id).has_value());
    rest();
    CHECK_FALSE(in.node->paused().has_value());
}

TEST_CASE(
    "solo engine: refuses to start far ahead of the last block, unless the clock is accepted") {
    Folder folder;
    NodeWorld in(folder.path);
    in.now_ms += 24 * hour_ms + 1;
    auto opened = in.open();
    REQUIRE(opened.has_value());
    const Status refused = (*opened)->start();
    REQUIRE(!refused.has_value());
    CHECK(refused.error().code == ErrorCode::conflict);
    opened->reset();

    in.config.accept_clock = true;
    in.start();
    in.reach(1, in.now_ms);  // the heartbeat is long due
    const ledger::Header first = in.node->chain().blocks().block(1)->header;
    CHECK(first.time_ms == in.now_ms);
    // Market time does not jump: halt_gap is 5 min.
    CHECK(first.market_time_ms == MarketWorld::genesis_ms + 300'000);
    in.mint(in.world.buyer, 1);
}

TEST_CASE("solo engine: a due deadline makes a block, with the expiry as its receipt") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    NodeTrade trade(in);
    trade.to(OrderState::placed);
    const u64 height = in.node->head()->header.height;
    // accept is 72 h of market time, which runs with the heartbeats.
    const u64 deadline = trade.order().deadline_ms;
    CHECK(deadline == in.node->head()->header.market_time_ms + 72 * hour_ms);
    in.approach(deadline, 30'000);
    // At the deadline itself nothing is due.
    const ledger::Header head = in.node->head()->header;
    in.now_ms = head.time_ms + (deadline - head.market_time_ms);
    rest();
    CHECK(in.node->head()->header.height == head.height);
    CHECK(trade.order().state == OrderState::placed);
    in.reach(head.height + 1, in.now_ms + 1);
    CHECK(trade.order().state == OrderState::cancelled);
    CHECK(in.node->head()->header.height > height);
    CHECK(in.node->head()->header.receipt_count == 1);
    CHECK(in.node->head()->header.tx_count == 0);
    CHECK(in.account(in.world.buyer).available == 100'000'000);
}

TEST_CASE("solo engine: waits a little for company, so that a burst is one block") {
    Folder folder;
    NodeWorld in(folder.path);
    in.config.block_linger_ms = 400;
    in.start();
    std::vector<TxId> ids;
    for (u64 i = 1; i <= 5; ++i)
        ids.push_back(
            in.submit(in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, i)))
                .id);
    for (const TxId& id : ids) {
        const auto committed = in.wait(id);
        REQUIRE(committed.has_value());
        CHECK(committed->height == 1);
    }
}

TEST_CASE("solo engine: a block holds at most what its limits say") {
    Folder folder;
    NodeWorld in(folder.path);
    in.config.block_transactions_max = 3;
    in.config.block_linger_ms = 200;
    in.start();
    std::vector<ledger::Transaction> transactions;
    for (u64 i = 1; i <= 7; ++i)
        transactions.push_back(
            in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, i)));
    const auto answers = in.node->submit(in.bundle(transactions));
    for (const Admitted& answer : answers) REQUIRE(in.wait(answer.id).has_value());
    CHECK(in.wait(answers[2].id)->height == 1);
    CHECK(in.wait(answers[3].id)->height == 2);
    CHECK(in.wait(answers[6].id)->height == 3);
    CHECK(in.account(in.world.buyer).available == 28);
}
