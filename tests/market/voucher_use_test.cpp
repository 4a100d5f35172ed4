#include "tests/support/market_invariants.h"
#include "tests/support/refusals.h"
#include "tests/support/test_trade.h"

namespace jangbu::test {
namespace {

constexpr u64 supply = 1'000'000;
constexpr u64 voucher_won = 2'000'000;

// An order that a voucher of 700,000 covers within every guard. Category 7 (make_listing).
struct PlaceFixture {
    PlaceFixture() {
        world.mint(world.buyer, 10'000'000);
        world.mint(world.seller, 10'000'000);
        programme = world.open_programme(20'000'000);
        voucher = world.voucher(programme, world.buyer, voucher_won);
        offer = make_offer(world, world.seller, supply);
        operation = TestTrade(world, world.seller, world.buyer, offer, 700'000, voucher).place;
    }
    template <class Change>
    void amend_programme(Change change) {
        amend<Programme>(world, programme_key(programme), change);
    }
    template <class Change>
    void amend_voucher(Change change) {
        amend<Voucher>(world, voucher_key(voucher), change);
    }
    template <class Change>
    void amend_attestation(const Member& subject, Change change) {
        amend<Attestation>(world, attestation_key(subject.id, world.family), change);
    }

    MarketWorld world;
    const Member* by = &world.buyer;
    ProgrammeId programme;
    VoucherId voucher;
    Offer offer;
    PlaceOrder operation;
};
using F = PlaceFixture;

// review 5 d + accept 72 h + lock 24 h + key 72 h + dispute 72 h + 2 s for one MiB begun
constexpr u64 longest_ms = (5 * 24 + 72 + 24 + 72 + 72) * 3'600'000ull + 2'000;

const Refusal<PlaceFixture> guards[] = {
    {"an unknown voucher", Rejection::not_found,
     [](F& f) { f.operation.voucher_id->bytes[0] ^= 1; }},
    {"V1: a draft", Rejection::programme_not_open,
     [](F& f) { f.amend_programme([](Programme& p) { p.state = ProgrammeState::draft; }); }},
    {"V1: a closed programme", Rejection::programme_not_open,
     [](F& f) { f.amend_programme([](Programme& p) { p.state = ProgrammeState::closed; }); }},
    {"V1: a programme that has not begun", Rejection::programme_not_open,
     [](F& f) {
         f.amend_programme(
             [&](Programme& p) { p.terms.valid_from_ms = f.world.block.time_ms + 2; });
     }},
    {"V1: a programme that is over", Rejection::programme_not_open,
     [](F& f) {
         f.amend_programme([&](Programme& p) { p.terms.valid_to_ms = f.world.block.time_ms; });
     }},
    {"V1: a programme for processing", Rejection::programme_not_open,
     [](F& f) { f.amend_programme([](Programme& p) { p.terms.kind = 2; }); }},
    {"V1: a category that it does not name", Rejection::programme_not_open,
     [](F& f) { f.amend_programme([](Programme& p) { p.terms.categories = {{8, 1}}; }); }},
    {"V1: an order that may end after the last redemption", Rejection::redeem_by_too_early,
     [](F& f) {
         f.amend_programme([&](Programme& p) {
             p.terms.valid_to_ms = f.world.block.time_ms + 1;
             p.terms.redeem_by_ms = f.world.block.time_ms + 1 + longest_ms - 1;
         });
     }},
    {"V2: a suspended voucher", Rejection::voucher_not_active,
     [](F& f) { f.amend_voucher([](Voucher& v) { v.state = VoucherState::suspended; }); }},
    {"V2: a revoked voucher", Rejection::voucher_not_active,
     [](F& f) { f.amend_voucher([](Voucher& v) { v.state = VoucherState::revoked; }); }},
    {"V2: another company's voucher", Rejection::voucher_not_active,
     [](F& f) { f.amend_voucher([&](Voucher& v) { v.holder = f.world.rival.id; }); }},
    {"V2: an expired voucher", Rejection::voucher_not_active,
     [](F& f) { f.amend_voucher([&](Voucher& v) { v.expiry_ms = f.world.block.time_ms; }); }},
    {"V2: a voucher with too little left", Rejection::voucher_too_small,
     [](F& f) { f.amend_voucher([](Voucher& v) { v.open = 699'999; }); }},
    {"V2: a buyer in debt", Rejection::debt_outstanding,
     [](F& f) {
         amend<Account>(f.world, account_key(f.world.buyer.id), [](Account& a) { a.debt = 1; });
     }},
    {"V3: no attestation", Rejection::attestation_invalid,
     [](F& f) { f.amend_attestation(f.world.buyer, [](Attestation& a) { a.valid_to_ms = 1; }); }},
    {"V3: a revoked attestation", Rejection::attestation_invalid,
     [](F& f) { f.amend_attestation(f.world.buyer, [](Attestation& a) { a.revoked_at = 1; }); }},
    {"V4: one won above the class's share", Rejection::share_exceeded,
     [](F& f) {
         f.operation.voucher += 1;
         f.operation.own -= 1;
     }},
    {"V4: a class with no share", Rejection::share_exceeded,
     [](F& f) {
         f.amend_attestation(f.world.buyer, [](Attestation& a) { a.class_ = CompanyClass::other; });
     }},
    {"V4: above cap_order", Rejection::cap_order,
     [](F& f) { f.amend_programme([](Programme& p) { p.terms.cap_order = 699'999; }); }},
    {"V5: above cap_company", Rejection::cap_company,
     [](F& f) { f.amend_programme([](Programme& p) { p.terms.cap_company = 699'999; }); }},
    {"V5: above cap_group", Rejection::cap_group,
     [](F& f) { f.amend_programme([](Programme& p) { p.terms.cap_group = 699'999; }); }},
    {"V5: above cap_pair", Rejection::cap_pair,
     [](F& f) { f.amend_programme([](Programme& p) { p.terms.cap_pair = 699'999; }); }},
    {"V6: a seller of the buyer's group", Rejection::related_party,
     [](F& f) {
         f.amend_attestation(f.world.seller,
                             [](Attestation& a) { a.group_tag = named_hash("group of buyer"); });
     }},
};

// A trade paid for 70 % by the fixture's voucher.
struct Trade : PlaceFixture {
    TestTrade trade{world, world.seller, world.buyer, offer, 700'000, voucher};
    Voucher voucher_now() const { return find_voucher(world.state, voucher).value(); }
    Programme programme_now() const { return find_programme(world.state, programme).value(); }
    u64 used(const StateKey& key) const {
        return ledger::read_record<Amount>(world.state, key).value_or(Amount{}).won;
    }
    u64 used_by_company() const { return used(used_holder_key(programme, world.buyer.id)); }
    void check_books() const { CHECK(broken_invariants(world) == std::vector<std::string>{}); }
};

}  // namespace

TEST_CASE("voucher guards: each fails alone, with its own number") {
    check_refusals<PlaceFixture>(guards);
}

TEST_CASE("voucher guards: with several faults the first guard of the law speaks") {
    PlaceFixture f;
    const auto expect = [&](Rejection expected) {
        const ledger::RejectionCode got = f.world.run(*f.by, f.operation);
        CHECK_MESSAGE(got == market::code(expected), rejection_name(got));
    };
    f.amend_attestation(f.world.seller,
                        [](Attestation& a) { a.group_tag = named_hash("group of buyer"); });
    expect(Rejection::related_party);
    f.amend_programme([](Programme& p) { p.terms.cap_pair = 1; });
    expect(Rejection::cap_pair);
    f.amend_programme([](Programme& p) { p.terms.cap_group = 1; });
    expect(Rejection::cap_group);
    f.amend_programme([](Programme& p) { p.terms.cap_company = 1; });
    expect(Rejection::cap_company);
    f.amend_programme([](Programme& p) { p.terms.cap_order = 1; });
    expect(Rejection::cap_order);
    f.amend_programme([](Programme& p) { p.terms.share_bps = {}; });
    expect(Rejection::share_exceeded);
    f.amend_attestation(f.world.buyer, [](Attestation& a) { a.revoked_at = 1; });
    expect(Rejection::attestation_invalid);
    amend<Account>(f.world, account_key(f.world.buyer.id), [](Account& a) { a.debt = 1; });
    expect(Rejection::debt_outstanding);
    f.amend_voucher([](Voucher& v) { v.open = 0; });
    expect(Rejection::voucher_too_small);
    f.amend_voucher([](Voucher& v) { v.state = VoucherState::suspended; });
    expect(Rejection::voucher_not_active);
    f.amend_programme([&](Programme& p) {
        p.terms.valid_to_ms = p.terms.redeem_by_ms = f.world.block.time_ms + 100;
    });
    expect(Rejection::redeem_by_too_early);
    f.amend_programme([](Programme& p) { p.terms.kind = 2; });
    expect(Rejection::programme_not_open);
}

TEST_CASE("voucher guards: the bounds themselves are allowed") {
    PlaceFixture f;
    f.amend_programme([&](Programme& p) {
        p.terms.kind = 3;
        p.terms.categories = {{7, 1}};
        p.terms.cap_order = p.terms.cap_company = p.terms.cap_group = p.terms.cap_pair = 700'000;
        p.terms.valid_from_ms = p.terms.valid_to_ms = f.world.block.time_ms + 1;
        p.terms.redeem_by_ms = f.world.block.time_ms + 1 + longest_ms;
    });
    f.amend_voucher([&](Voucher& v) { v.expiry_ms = f.world.block.time_ms + 1; });
    CHECK(f.world.run(*f.by, f.operation) == 0);
}

TEST_CASE("voucher guards: what is used counts against the caps until it is released") {
    Trade t;
    t.amend_programme([](Programme& p) { p.terms.cap_company = 1'399'999; });
    REQUIRE(t.trade.to(OrderState::placed));
    CHECK(t.used_by_company() == 700'000);
    CHECK(t.world.run(*t.by, t.operation) == market::code(Rejection::cap_company));
    REQUIRE(t.world.run(t.world.seller, RejectOrder{t.trade.id, 1}) == 0);
    CHECK(t.used_by_company() == 0);
    CHECK(t.world.run(*t.by, t.operation) == 0);
    t.amend_programme([](Programme& p) { p.terms.cap_company = 50'000'000; });
    t.check_books();
}

TEST_CASE("voucher guards: a group shares its cap") {
    Trade t;
    t.world.mint(t.world.sibling, 1'000'000);
    const VoucherId other = t.world.voucher(t.programme, t.world.sibling, 700'000);
    t.amend_programme([](Programme& p) { p.terms.cap_group = 1'399'999; });
    REQUIRE(t.trade.to(OrderState::placed));
    const PlaceOrder second =
        TestTrade(t.world, t.world.seller, t.world.sibling, t.offer, 700'000, other).place;
    CHECK(t.world.run(t.world.sibling, second) == market::code(Rejection::cap_group));
    t.amend_programme([](Programme& p) { p.terms.cap_group = 1'400'000; });
    t.amend_programme([](Programme& p) { p.terms.cap_pair = 1'399'999; });
    CHECK(t.world.run(t.world.sibling, second) == market::code(Rejection::cap_pair));
}

TEST_CASE("voucher guards: a seller without a live attestation is its own group") {
    PlaceFixture f;
    f.amend_attestation(f.world.seller, [](Attestation& a) {
        a.group_tag = named_hash("group of buyer");
        a.valid_to_ms = MarketWorld::genesis_ms;
    });
    REQUIRE(f.world.run(*f.by, f.operation) == 0);
    CHECK(f.world.state.find(used_pair_key(f.programme, named_hash("group of buyer"),
                                           f.world.seller.id.bytes)));
}

TEST_CASE("voucher money: held at PlaceOrder, spent at settlement") {
    Trade t;
    REQUIRE(t.trade.to(OrderState::placed));
    Use expected{t.trade.id, t.voucher, 700'000, UseState::held, {}, {}};
    CHECK(find_use(t.world.state, t.trade.id) == expected);
    CHECK(t.voucher_now().open == 1'300'000);
    CHECK(t.voucher_now().held == 700'000);
    CHECK(t.programme_now().held == 700'000);
    CHECK(t.programme_now().cash == 20'000'000);
    t.check_books();
}

TEST_CASE("voucher money: settlement pays the seller from the programme's cash") {
    Trade t;
    REQUIRE(t.trade.to(OrderState::settled));
    CHECK(find_use(t.world.state, t.trade.id)->state == UseState::spent);
    CHECK(t.voucher_now().open == 1'300'000);
    CHECK(t.voucher_now().held == 0);
    CHECK(t.voucher_now().spent == 700'000);
    CHECK(t.programme_now().spent == 700'000);
    CHECK(t.programme_now().cash == 19'300'000);
    CHECK(t.used_by_company() == 700'000);
    CHECK_FALSE(t.world.state.find(use_groups_key(t.trade.id)));
    t.check_books();
}

TEST_CASE("voucher money: a release goes back to the voucher") {
    Trade t;
    REQUIRE(t.trade.to(OrderState::accepted));
    REQUIRE(t.world.run(t.world.buyer, DeclineOrder{t.trade.id, 0}) == 0);
    CHECK(find_use(t.world.state, t.trade.id)->state == UseState::released);
    CHECK(t.voucher_now().open == voucher_won);
    CHECK(t.voucher_now().lapsed == 0);
    CHECK(t.programme_now().unissued == 18'000'000);
    CHECK(t.used_by_company() == 0);
    CHECK_FALSE(t.world.state.find(use_groups_key(t.trade.id)));
    t.check_books();
}

TEST_CASE("voucher money: a release to a suspended voucher goes back to it") {
    Trade t;
    REQUIRE(t.trade.to(OrderState::placed));
    t.amend_voucher([](Voucher& v) { v.state = VoucherState::suspended; });
    REQUIRE(t.world.run(t.world.seller, RejectOrder{t.trade.id, 1}) == 0);
    CHECK(t.voucher_now().open == voucher_won);
    t.check_books();
}

TEST_CASE("voucher money: a release at the expiry is in time, one millisecond later is not") {
    for (const u64 late : {u64{0}, u64{1}}) {
        CAPTURE(late);
        Trade t;
        REQUIRE(t.trade.to(OrderState::placed));
        t.amend_voucher([&](Voucher& v) { v.expiry_ms = t.world.block.time_ms + 10; });
        REQUIRE(t.world.run(t.world.seller, RejectOrder{t.trade.id, 1}, Purpose::transact,
                            10 + late) == 0);
        CHECK(t.voucher_now().open == (late ? 1'300'000 : voucher_won));
        CHECK(t.voucher_now().lapsed == (late ? 700'000 : 0));
        CHECK(t.programme_now().unissued == (late ? 18'700'000 : 18'000'000));
        CHECK(t.used_by_company() == 0);
        t.check_books();
    }
}

TEST_CASE("voucher money: a release from a revoked voucher goes to unissued") {
    Trade t;
    REQUIRE(t.trade.to(OrderState::placed));
    t.amend_voucher([](Voucher& v) { v.state = VoucherState::revoked; });
    REQUIRE(t.world.run(t.world.seller, RejectOrder{t.trade.id, 1}) == 0);
    CHECK(t.programme_now().unissued == 18'700'000);
    CHECK(t.voucher_now().lapsed == 700'000);
}

TEST_CASE("voucher money: expiry of the order after expiry of the voucher goes to unissued") {
    Trade t;
    REQUIRE(t.trade.to(OrderState::locked));
    t.amend_voucher([&](Voucher& v) { v.expiry_ms = t.world.block.time_ms + 1; });
    REQUIRE(t.world.wait(72 * 3'600'000ull + 1) == 1);
    CHECK(t.trade.state() == OrderState::refund_nokey);
    CHECK(t.programme_now().unissued == 18'700'000);
    CHECK(t.voucher_now().lapsed == 700'000);
    CHECK(t.used_by_company() == 0);
    t.check_books();
}

TEST_CASE("voucher money: aggregates shrink under the groups of PlaceOrder") {
    Trade t;
    REQUIRE(t.trade.to(OrderState::placed));
    t.amend_attestation(t.world.buyer, [](Attestation& a) { a.valid_to_ms = 1; });
    t.amend_attestation(t.world.seller,
                        [](Attestation& a) { a.group_tag = named_hash("a new group"); });
    REQUIRE(t.world.run(t.world.seller, RejectOrder{t.trade.id, 1}) == 0);
    CHECK(t.used_by_company() == 0);
    CHECK(t.used(used_group_key(t.programme, named_hash("group of buyer"))) == 0);
    t.check_books();
}

TEST_CASE("LockOrder: voucher ACTIVE and attestation live again; its expiry does not matter") {
    Trade t;
    REQUIRE(t.trade.to(OrderState::accepted));
    t.amend_voucher([](Voucher& v) { v.state = VoucherState::suspended; });
    CHECK(t.world.run(t.world.buyer, t.trade.lock()) ==
          market::code(Rejection::voucher_not_active));
    t.amend_voucher([](Voucher& v) { v.state = VoucherState::active; });
    t.amend_attestation(t.world.buyer, [](Attestation& a) { a.revoked_at = 1; });
    CHECK(t.world.run(t.world.buyer, t.trade.lock()) ==
          market::code(Rejection::attestation_invalid));
    t.amend_attestation(t.world.buyer, [](Attestation& a) { a.revoked_at.reset(); });
    t.amend_voucher([](Voucher& v) { v.expiry_ms = MarketWorld::genesis_ms; });
    CHECK(t.world.run(t.world.buyer, t.trade.lock()) == 0);
}

TEST_CASE("after LockOrder nothing an officer does changes what the seller receives") {
    Trade plain;
    REQUIRE(plain.trade.to(OrderState::settled));
    Trade spoilt;
    REQUIRE(spoilt.trade.to(OrderState::locked));
    spoilt.amend_voucher([](Voucher& v) { v.state = VoucherState::revoked; });
    spoilt.amend_attestation(spoilt.world.buyer, [](Attestation& a) { a.revoked_at = 1; });
    spoilt.amend_programme([](Programme& p) { p.terms.share_bps = {}; });
    REQUIRE(spoilt.world.run(spoilt.world.seller, spoilt.trade.post_key()) == 0);
    REQUIRE(spoilt.world.run(spoilt.world.buyer, spoilt.trade.confirm()) == 0);
    CHECK(spoilt.world.account(spoilt.world.seller) == plain.world.account(plain.world.seller));
    spoilt.check_books();
}

}  // namespace jangbu::test
