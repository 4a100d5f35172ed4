#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;

TEST_CASE("follower: from zero to the same head and the same state, documents included") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    NodeTrade trade(in);
    trade.to(OrderState::settled);
    FollowWorld follower(in);
    follower.start();
    follower.catch_up();
    CHECK(follower.node->head()->state.root() == in.node->head()->state.root());
    CHECK(follower.node->head()->finality == in.node->head()->finality);
    CHECK(account_of(follower.node->head()->state, in.world.seller.id) ==
          in.account(in.world.seller));
    CHECK_FALSE(follower.node->paused().has_value());
    const auto following = follower.node->following();
    REQUIRE(following.has_value());
    CHECK(following->source_height == in.node->head()->header.height);
    CHECK_FALSE(in.node->following().has_value());
    CHECK(follower.node->validator() == in.node->validator());
    CHECK(follower.node->operator_org() == in.node->operator_org());

    // And every block that comes after.
    in.mint(in.world.buyer, 7);
    follower.catch_up();
}

TEST_CASE("follower: goes on where it was after a restart, also while the source is away") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    for (u64 i = 1; i <= 5; ++i) in.mint(in.world.buyer, i);
    FollowWorld follower(in);
    follower.start();
    follower.catch_up();
    const ledger::HeaderHash head = follower.node->head()->hash;
    follower.source.down = true;
    follower.start();
    CHECK(follower.node->head()->hash == head);
    CHECK(follower.trouble().find("nobody is there") != std::string::npos);
    in.mint(in.world.buyer, 6);
    follower.source.down = false;
    follower.catch_up();
    CHECK(follower.comes([&] { return !follower.node->paused().has_value(); }));
}

TEST_CASE("follower: takes no transactions, but knows those that are committed") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    const ledger::Transaction mint =
        in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 500));
    REQUIRE(in.wait(in.submit(mint).id).has_value());
    FollowWorld follower(in);
    follower.start();
    follower.catch_up();
    const ledger::Transaction more =
        in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 1));
    const auto answers = follower.node->submit(in.bundle({mint, more}));
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].status == Admitted::Status::committed);
    CHECK(answers[1].status == Admitted::Status::refused);
    CHECK(answers[1].error->code == ErrorCode::unavailable);
    CHECK(answers[1].id == in.id_of(more));
    CHECK(in.node->pending() == 0);
}

TEST_CASE("follower: an answer of any number of blocks is bounded and decodes as it was") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    for (u64 i = 1; i <= 4; ++i) in.mint(in.world.buyer, i);
    const auto whole = node::read_stream(in.node->chain(), in.world.rules, 1).value();
    CHECK(whole.blocks.size() == 4);
    CHECK(bcs::decode<node::FollowStream>(bcs::encode(whole)).value() == whole);
    const auto rest = node::read_stream(in.node->chain(), in.world.rules, 4).value();
    REQUIRE(rest.blocks.size() == 1);
    CHECK(rest.blocks[0] == whole.blocks[3]);
    const auto none = node::read_stream(in.node->chain(), in.world.rules, 5).value();
    CHECK(none.blocks.empty());
    CHECK(none.head == whole.head);
    CHECK(node::read_stream(in.node->chain(), in.world.rules, ~u64{0}).value().blocks.empty());
}
