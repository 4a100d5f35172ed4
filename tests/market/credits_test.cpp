#include "tests/support/refusals.h"

namespace jangbu::test {
namespace {

struct MintFixture {
    MarketWorld world;
    const Member* by = &world.agent;
    MintCredits operation{world.buyer.id, 1'000'000, named_hash("a deposit")};
};

const Refusal<MintFixture> mint_refusals[] = {
    {"not a settlement agent", Rejection::not_allowed,
     [](MintFixture& f) { f.by = &f.world.agency; }},
    {"a suspended settlement agent", Rejection::suspended,
     [](MintFixture& f) { suspend(f.world, f.world.agent); }},
    {"an unknown depositor", Rejection::not_found,
     [](MintFixture& f) { f.operation.depositor.bytes[0] ^= 1; }},
    {"nothing", Rejection::bad_amount, [](MintFixture& f) { f.operation.amount = 0; }},
    {"more than amount_max", Rejection::bad_amount,
     [](MintFixture& f) { f.operation.amount = 1'000'000'000'000'001; }},
    {"a bank reference that was used", Rejection::bank_reference_used,
     [](MintFixture& f) {
         f.world.mint(f.world.seller, 5);
         f.operation.bank_ref = named_hash("bank 0");
     }},
    {"more than one agent may mint", Rejection::needs_approval,
     [](MintFixture& f) { f.operation.amount = 1'000'000'001; }},
};

}  // namespace

TEST_CASE("MintCredits: every refusal") {
    check_refusals<MintFixture>(mint_refusals);
}

TEST_CASE("MintCredits: credits arrive and the bank reference is used for ever") {
    MarketWorld world;
    const MintCredits operation{world.buyer.id, 1'000'000'000, named_hash("a deposit")};
    REQUIRE(world.run(world.agent, operation) == 0);
    CHECK(world.account(world.buyer).available == 1'000'000'000);
    CHECK(events_of<CreditsMinted>(world) ==
          std::vector{CreditsMinted{world.buyer.id, 1'000'000'000, operation.bank_ref}});
    const std::vector<Posting> postings = {
        {static_cast<u8>(Column::bank), Hash{}, false, 1'000'000'000},
        {static_cast<u8>(Column::available), world.buyer.id.bytes, true, 1'000'000'000}};
    CHECK(events_of<MoneyMoved>(world) == std::vector{MoneyMoved{postings}});

    MintCredits again = operation;
    again.depositor = world.seller.id;
    again.amount = 1;
    world.wait(MarketWorld::year_ms);
    CHECK(world.run(world.agent, again) == market::code(Rejection::bank_reference_used));
}

TEST_CASE("MintCredits: a suspended depositor is credited") {
    MarketWorld world;
    suspend(world, world.buyer);
    CHECK(world.run(world.agent, MintCredits{world.buyer.id, 7, named_hash("a deposit")}) == 0);
    CHECK(world.account(world.buyer).available == 7);
}

TEST_CASE("MintCredits: the limit of one agent is a parameter") {
    MarketWorld world;
    world.set_parameter(parameters::mint_single_max, 50);
    CHECK(world.run(world.agent, MintCredits{world.buyer.id, 50, named_hash("a")}) == 0);
    CHECK(world.run(world.agent, MintCredits{world.buyer.id, 51, named_hash("b")}) ==
          market::code(Rejection::needs_approval));
}

}  // namespace jangbu::test
