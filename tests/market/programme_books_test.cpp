// Random sequences over programmes: after every operation the books of docs/support.md section 1
// hold, computed from the records alone.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <memory>

#include "tests/support/market_invariants.h"
#include "tests/support/test_trade.h"

namespace jangbu::test {
namespace {

enum class Act : u8 {
    create,
    fund,
    open,
    issue,
    place,
    reject,
    accept,
    lock,
    post_key,
    confirm,
    wait,
    expire
};
constexpr u8 acts = 12;

// Small amounts, so that every bound is met often.
class Player {
public:
    Player() {
        for (const Member* member : {&world.agency, &world.node, &world.buyer, &world.sibling})
            world.mint(*member, 300'000);
        world.mint(world.seller, 100'000);
        offers_ = {make_offer(world, world.seller, 1'000), make_offer(world, world.rival, 400)};
    }

    void play(Act act, u8 who, u32 amount) {
        switch (act) {
            case Act::create:
                return create(who, amount);
            case Act::fund:
                return with_programme(who, [&](const ProgrammeId& id) {
                    run(who % 2 ? world.agency : world.node, FundProgramme{id, amount % 6'000});
                });
            case Act::open:
                return with_programme(
                    who, [&](const ProgrammeId& id) { run(world.agency, OpenProgramme{id}); });
            case Act::issue:
                return with_programme(who, [&](const ProgrammeId& id) { issue(id, who, amount); });
            case Act::place:
                return place(who, amount);
            case Act::wait:
                world.wait(amount % 3'600'000);
                return;
            case Act::expire:
                world.wait(73 * 3'600'000ull);
                return;
            default:
                return move_order(act, who);
        }
    }

    MarketWorld world;
    std::map<ledger::RejectionCode, int> verdicts;

private:
    template <class Do>
    void with_programme(u8 who, Do act) {
        if (!programmes_.empty()) act(programmes_[who % programmes_.size()]);
    }
    const Member& holder(u8 who) const { return who % 3 ? world.buyer : world.sibling; }

    bool run(const Member& by, const Operation& operation) {
        const ledger::RejectionCode code = world.run(by, operation);
        ++verdicts[code];
        return code == ledger::accepted;
    }
    void create(u8 who, u32 amount) {
        CreateProgramme operation = world.programme_terms();
        operation.terms.budget_max = 5'000 + amount % 20'000;
        operation.terms.cap_order = 100 + amount % 500;
        operation.terms.cap_company = 2'000 + amount % 9'000;
        operation.terms.cap_group = 2'000 + amount % 7'000;
        operation.terms.cap_pair = 2'000 + amount % 6'000;
        operation.terms.kind = static_cast<u8>(1 + who % 3);
        operation.funders = {world.agency.id, world.node.id};
        if (run(world.agency, operation))
            programmes_.push_back(programme_id(world.chain, world.agency.id, operation.nonce));
    }
    void issue(const ProgrammeId& id, u8 who, u32 amount) {
        IssueVoucher operation;
        operation.nonce = world.nonce();
        operation.programme = id;
        operation.holder = holder(who).id;
        operation.amount = amount % 600;
        // Some end within the sequence, so that releases lapse.
        operation.expiry_ms = world.block.time_ms + (who % 2 ? MarketWorld::year_ms : 7'200'000);
        operation.purpose_tag = named_hash(std::to_string(amount % 997));
        if (run(world.agency, operation))
            vouchers_.push_back({voucher_id(world.chain, world.agency.id, operation.nonce), who});
    }
    void place(u8 who, u32 amount) {
        if (vouchers_.empty()) return;
        const auto& [voucher, owner] = vouchers_[amount % vouchers_.size()];
        const Offer& offer = offers_[who % 2];
        const u64 v = 1 + amount % 300;
        auto trade = std::make_unique<TestTrade>(world, who % 2 ? world.rival : world.seller,
                                                 holder(owner), offer, v, voucher);
        if (run(trade->buyer, trade->place)) trades_.push_back(std::move(trade));
    }
    void move_order(Act act, u8 who) {
        if (trades_.empty()) return;
        // Mostly the latest ones: the others are over.
        const std::size_t back = 1 + who % std::min<std::size_t>(trades_.size(), 4);
        TestTrade& trade = *trades_[trades_.size() - back];
        if (act == Act::reject) run(trade.seller, RejectOrder{trade.id, 1});
        if (act == Act::accept) {
            trade.encrypt();
            run(trade.seller, trade.accept());
        }
        if (act == Act::lock) run(trade.buyer, trade.lock());
        if (act == Act::post_key) run(trade.seller, trade.post_key());
        if (act == Act::confirm) run(trade.buyer, trade.confirm());
    }

    std::vector<Offer> offers_;
    std::vector<ProgrammeId> programmes_;
    std::vector<std::pair<VoucherId, u8>> vouchers_;
    std::vector<std::unique_ptr<TestTrade>> trades_;
};

using Step = std::tuple<u8, u8, u32>;
Act act_of(u8 number) {
    return static_cast<Act>(number % acts);
}

}  // namespace

TEST_CASE("programmes: the books add up after every operation of any sequence") {
    CHECK(rc::check("books of programmes", [](const std::vector<Step>& steps) {
        Player player;
        player.play(Act::create, 0, 1'500);
        player.play(Act::fund, 0, 1'000);
        player.play(Act::open, 0, 0);
        player.play(Act::issue, 1, 400);
        for (const auto& [act, who, amount] : steps) {
            player.play(act_of(act), who, amount);
            const std::vector<std::string> broken = broken_invariants(player.world);
            if (!broken.empty()) RC_FAIL(broken.front());
        }
    }));
}

TEST_CASE("programmes: a long history never over-commits a budget, and meets every bound") {
    Player player;
    u64 seed = 0x6a616e676275;
    const auto next = [&seed] {  // splitmix64
        u64 z = seed += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    };
    for (int i = 0; i < 2'500; ++i) {
        const u64 dice = next();
        // Creating and long waits are rare, so that programmes and orders live.
        Act act = act_of(static_cast<u8>(dice));
        if ((act == Act::create || act == Act::expire) && (dice >> 8) % 16 != 0) act = Act::place;
        player.play(act, static_cast<u8>(dice >> 16), static_cast<u32>(dice >> 32));
        const std::vector<std::string> broken = broken_invariants(player.world);
        REQUIRE_MESSAGE(broken.empty(), i, ": ", broken.front());
    }
    for (const Rejection met :
         {Rejection::budget_exceeded, Rejection::tag_used, Rejection::cap_company,
          Rejection::voucher_too_small, Rejection::programme_not_open, Rejection::cap_order,
          Rejection::voucher_not_active, Rejection::bad_amount})
        CHECK_MESSAGE(player.verdicts[market::code(met)] > 0, rejection_name(market::code(met)));
    CHECK(player.verdicts[ledger::accepted] > 300);
}

}  // namespace jangbu::test
