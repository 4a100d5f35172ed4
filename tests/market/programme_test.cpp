#include "tests/support/refusals.h"

namespace jangbu::test {
namespace {

struct CreateFixture {
    MarketWorld world;
    const Member* by = &world.agency;
    CreateProgramme operation = world.programme_terms();
    ProgrammeTerms& terms = operation.terms;
};
using C = CreateFixture;

const Refusal<CreateFixture> create_refusals[] = {
    {"not a programme owner", Rejection::not_allowed, [](C& f) { f.by = &f.world.seller; }},
    {"a suspended owner", Rejection::suspended, [](C& f) { suspend(f.world, f.world.agency); }},
    {"a nonce that was used", Rejection::id_taken,
     [](C& f) { REQUIRE(f.world.run(*f.by, f.operation) == 0); }},
    {"kind 0", Rejection::bad_field, [](C& f) { f.terms.kind = 0; }},
    {"kind 4", Rejection::bad_field, [](C& f) { f.terms.kind = 4; }},
    {"an officer twice", Rejection::bad_field,
     [](C& f) { f.terms.officers.push_back(f.terms.officers.front()); }},
    {"a funder twice", Rejection::bad_field,
     [](C& f) { f.operation.funders.push_back(f.operation.funders.front()); }},
    {"a share above the whole", Rejection::bad_field, [](C& f) { f.terms.share_bps[3] = 10'001; }},
    {"categories that do not ascend", Rejection::bad_field,
     [](C& f) { f.terms.categories = {{7, 1}, {1, 1}}; }},
    {"a category twice", Rejection::bad_field, [](C& f) { f.terms.categories = {{1, 1}, {1, 2}}; }},
    {"an end before the start", Rejection::bad_field,
     [](C& f) { f.terms.valid_to_ms = f.terms.valid_from_ms - 1; }},
    {"a last redemption before the end", Rejection::bad_field,
     [](C& f) { f.terms.redeem_by_ms = f.terms.valid_to_ms - 1; }},
    {"rules of no class", Rejection::bad_field, [](C& f) { f.terms.rules.access = 0; }},
    {"threshold 2", Rejection::threshold_unsupported, [](C& f) { f.terms.threshold = 2; }},
    {"threshold 0", Rejection::threshold_unsupported, [](C& f) { f.terms.threshold = 0; }},
    {"no budget", Rejection::bad_amount, [](C& f) { f.terms.budget_max = 0; }},
    {"a budget above amount_max", Rejection::bad_amount,
     [](C& f) { f.terms.budget_max = 1'000'000'000'000'001; }},
    {"a cap of nothing per order", Rejection::bad_amount, [](C& f) { f.terms.cap_order = 0; }},
    {"a cap of nothing per company", Rejection::bad_amount, [](C& f) { f.terms.cap_company = 0; }},
    {"a cap of nothing per group", Rejection::bad_amount, [](C& f) { f.terms.cap_group = 0; }},
    {"a cap of nothing per pair", Rejection::bad_amount, [](C& f) { f.terms.cap_pair = 0; }},
    {"a cap of nothing in a category", Rejection::bad_amount,
     [](C& f) { f.terms.categories = {{1, 0}}; }},
    {"an unknown family", Rejection::not_found, [](C& f) { f.terms.family.bytes[0] ^= 1; }},
    {"an unknown funder", Rejection::not_found,
     [](C& f) { f.operation.funders.front().bytes[0] ^= 1; }},
    {"an unknown officer", Rejection::not_found,
     [](C& f) { f.terms.officers.front().bytes[0] ^= 1; }},
    {"an officer whose key is not for transactions", Rejection::bad_field,
     [](C& f) { f.terms.officers = {f.world.agency.deliver.public_key()}; }},
    {"an officer whose key was revoked", Rejection::bad_field,
     [](C& f) {
         const Member& officer = f.world.node;
         f.terms.officers = {officer.transact.public_key()};
         amend<ledger::Key>(f.world,
                            ledger::state_key(ledger::Table::key, officer.transact_id.view()),
                            [](ledger::Key& key) { key.revoked_at_height = 1; });
     }},
};

// A draft that nobody has paid into; its owner can pay.
struct DraftFixture {
    DraftFixture() {
        CreateProgramme create = world.programme_terms();
        create.terms.budget_max = 1'000;
        id = programme_id(world.chain, world.agency.id, create.nonce);
        REQUIRE(world.run(world.agency, create) == 0);
        world.mint(world.agency, 900);
    }
    void amend_programme(void (*change)(Programme&)) {
        amend<Programme>(world, programme_key(id), change);
    }
    MarketWorld world;
    const Member* by = &world.agency;
    ProgrammeId id;
};
struct FundFixture : DraftFixture {
    FundProgramme operation{id, 400};
};
struct OpenFixture : DraftFixture {
    OpenProgramme operation{id};
};

const Refusal<FundFixture> fund_refusals[] = {
    {"an unknown programme", Rejection::not_found,
     [](FundFixture& f) { f.operation.programme.bytes[0] ^= 1; }},
    {"not a funder", Rejection::not_allowed, [](FundFixture& f) { f.by = &f.world.seller; }},
    {"a suspended funder", Rejection::suspended,
     [](FundFixture& f) { suspend(f.world, f.world.agency); }},
    {"a closed programme", Rejection::wrong_state,
     [](FundFixture& f) {
         f.amend_programme([](Programme& p) { p.state = ProgrammeState::closed; });
     }},
    {"nothing", Rejection::bad_amount, [](FundFixture& f) { f.operation.amount = 0; }},
    {"more than amount_max", Rejection::bad_amount,
     [](FundFixture& f) { f.operation.amount = 1'000'000'000'000'001; }},
    {"more than the budget may be", Rejection::budget_exceeded,
     [](FundFixture& f) { f.operation.amount = 1'001; }},
    {"more than is left of the budget", Rejection::budget_exceeded,
     [](FundFixture& f) {
         REQUIRE(f.world.run(*f.by, f.operation) == 0);
         f.operation.amount = 601;
     }},
    {"more than the funder has", Rejection::insufficient_credits,
     [](FundFixture& f) { f.operation.amount = 901; }},
};

const Refusal<OpenFixture> open_refusals[] = {
    {"an unknown programme", Rejection::not_found,
     [](OpenFixture& f) { f.operation.programme.bytes[0] ^= 1; }},
    {"not an officer", Rejection::not_allowed, [](OpenFixture& f) { f.by = &f.world.seller; }},
    {"an officer of a suspended organisation", Rejection::suspended,
     [](OpenFixture& f) { suspend(f.world, f.world.agency); }},
    {"an open programme", Rejection::wrong_state,
     [](OpenFixture& f) { REQUIRE(f.world.run(*f.by, f.operation) == 0); }},
    {"a closed programme", Rejection::wrong_state,
     [](OpenFixture& f) {
         f.amend_programme([](Programme& p) { p.state = ProgrammeState::closed; });
     }},
};

constexpr u64 issue_expiry_ms = MarketWorld::genesis_ms + MarketWorld::year_ms;

IssueVoucher issue(MarketWorld& world, const ProgrammeId& programme, const Member& holder,
                   u64 amount, std::string_view purpose) {
    return {world.nonce(), programme, holder.id, amount, issue_expiry_ms, named_hash(purpose)};
}

struct IssueFixture {
    IssueFixture() {
        programme = world.open_programme(5'000'000);
        operation = issue(world, programme, world.buyer, 1'000'000, "a purpose");
    }
    void amend_programme(void (*change)(Programme&)) {
        amend<Programme>(world, programme_key(programme), change);
    }
    void amend_attestation(void (*change)(Attestation&)) {
        amend<Attestation>(world, attestation_key(world.buyer.id, world.family), change);
    }
    MarketWorld world;
    const Member* by = &world.agency;
    ProgrammeId programme;
    IssueVoucher operation;
};
using I = IssueFixture;

const Refusal<IssueFixture> issue_refusals[] = {
    {"an unknown programme", Rejection::not_found,
     [](I& f) { f.operation.programme.bytes[0] ^= 1; }},
    {"not an officer", Rejection::not_allowed, [](I& f) { f.by = &f.world.buyer; }},
    {"an officer of a suspended organisation", Rejection::suspended,
     [](I& f) { suspend(f.world, f.world.agency); }},
    {"a nonce that was used", Rejection::id_taken,
     [](I& f) {
         IssueVoucher first = f.operation;
         first.purpose_tag = named_hash("another purpose");
         REQUIRE(f.world.run(*f.by, first) == 0);
     }},
    {"nothing", Rejection::bad_amount, [](I& f) { f.operation.amount = 0; }},
    {"more than amount_max", Rejection::bad_amount,
     [](I& f) { f.operation.amount = 1'000'000'000'000'001; }},
    {"a draft", Rejection::programme_not_open,
     [](I& f) { f.amend_programme([](Programme& p) { p.state = ProgrammeState::draft; }); }},
    {"a closed programme", Rejection::programme_not_open,
     [](I& f) { f.amend_programme([](Programme& p) { p.state = ProgrammeState::closed; }); }},
    {"a holder without an attestation", Rejection::attestation_invalid,
     [](I& f) { f.operation.holder = f.world.outsider.id; }},
    {"an attestation that is not valid yet", Rejection::attestation_invalid,
     [](I& f) { f.amend_attestation([](Attestation& a) { a.valid_from_ms = issue_expiry_ms; }); }},
    {"an attestation that has ended", Rejection::attestation_invalid,
     [](I& f) {
         f.amend_attestation([](Attestation& a) { a.valid_to_ms = MarketWorld::genesis_ms; });
     }},
    {"an attestation that was revoked", Rejection::attestation_invalid,
     [](I& f) { f.amend_attestation([](Attestation& a) { a.revoked_at = 1; }); }},
    {"an attestation tagged with an old key", Rejection::attestation_invalid,
     [](I& f) { f.amend_attestation([](Attestation& a) { a.tag_key = 0; }); }},
    {"a purpose that was supported", Rejection::tag_used,
     [](I& f) {
         REQUIRE(f.world.run(*f.by, issue(f.world, f.programme, f.world.sibling, 1, "a purpose")) ==
                 0);
     }},
    {"a purpose that another programme of the family supported", Rejection::tag_used,
     [](I& f) {
         const ProgrammeId other = f.world.open_programme(1'000);
         REQUIRE(f.world.run(*f.by, issue(f.world, other, f.world.sibling, 1, "a purpose")) == 0);
     }},
    {"more than is unissued", Rejection::budget_exceeded,
     [](I& f) { f.operation.amount = 5'000'001; }},
    {"more than one company may get", Rejection::cap_company,
     [](I& f) {
         f.amend_programme([](Programme& p) { p.terms.cap_company = 1'500'000; });
         REQUIRE(f.world.run(*f.by, issue(f.world, f.programme, f.world.buyer, 500'001, "first")) ==
                 0);
     }},
    {"an end after the last redemption", Rejection::redeem_by_too_early,
     [](I& f) { f.operation.expiry_ms = issue_expiry_ms + MarketWorld::year_ms; }},
    {"an end before block time", Rejection::bad_field,
     [](I& f) { f.operation.expiry_ms = MarketWorld::genesis_ms; }},
};

}  // namespace

TEST_CASE("CreateProgramme: every refusal") {
    check_refusals<CreateFixture>(create_refusals);
}

TEST_CASE("CreateProgramme: a draft without money, as its terms say") {
    CreateFixture f;
    f.terms.categories = {{1, 10}, {7, 20}};
    f.terms.officers = {f.world.agency.transact.public_key(), f.world.node.transact.public_key()};
    f.operation.funders = {f.world.node.id, f.world.agency.id};
    REQUIRE(f.world.run(*f.by, f.operation) == 0);
    Programme expected;
    expected.id = programme_id(f.world.chain, f.world.agency.id, f.operation.nonce);
    expected.owner = f.world.agency.id;
    expected.state = ProgrammeState::draft;
    expected.terms = f.operation.terms;
    expected.funders = {{f.world.node.id, 0}, {f.world.agency.id, 0}};
    CHECK(find_programme(f.world.state, expected.id) == expected);
    CHECK(events_of<ProgrammeMoved>(f.world) ==
          std::vector{
              ProgrammeMoved{expected.id, expected.owner, std::nullopt, ProgrammeState::draft}});
}

TEST_CASE("FundProgramme: every refusal") {
    check_refusals<FundFixture>(fund_refusals);
}

TEST_CASE("FundProgramme: money moves from the funder, in DRAFT and in OPEN, up to the budget") {
    FundFixture f;
    REQUIRE(f.world.run(*f.by, f.operation) == 0);
    CHECK(events_of<ProgrammeFunded>(f.world) ==
          std::vector{ProgrammeFunded{f.id, f.world.agency.id, 400}});
    REQUIRE(f.world.run(*f.by, OpenProgramme{f.id}) == 0);
    f.world.mint(f.world.agency, 100);
    REQUIRE(f.world.run(*f.by, FundProgramme{f.id, 600}) == 0);
    const Programme programme = find_programme(f.world.state, f.id).value();
    CHECK(programme.budget == 1'000);
    CHECK(programme.unissued == 1'000);
    CHECK(programme.cash == 1'000);
    CHECK(programme.funders == std::vector{std::pair{f.world.agency.id, u64{1'000}}});
    CHECK(f.world.account(f.world.agency).available == 0);
    CHECK(f.world.faults == std::vector<std::string>{});
}

TEST_CASE("OpenProgramme: every refusal") {
    check_refusals<OpenFixture>(open_refusals);
}

TEST_CASE("OpenProgramme: an officer of another organisation opens it") {
    MarketWorld world;
    CreateProgramme create = world.programme_terms();
    create.terms.officers = {world.node.transact.public_key()};
    REQUIRE(world.run(world.agency, create) == 0);
    const ProgrammeId id = programme_id(world.chain, world.agency.id, create.nonce);
    CHECK(world.run(world.agency, OpenProgramme{id}) == market::code(Rejection::not_allowed));
    REQUIRE(world.run(world.node, OpenProgramme{id}) == 0);
    CHECK(find_programme(world.state, id)->state == ProgrammeState::open);
    CHECK(events_of<ProgrammeMoved>(world) ==
          std::vector{
              ProgrammeMoved{id, world.agency.id, ProgrammeState::draft, ProgrammeState::open}});
}

TEST_CASE("IssueVoucher: every refusal") {
    check_refusals<IssueFixture>(issue_refusals);
}

TEST_CASE("IssueVoucher: an active voucher within the unissued money") {
    IssueFixture f;
    REQUIRE(f.world.run(*f.by, f.operation) == 0);
    Voucher expected;
    expected.id = voucher_id(f.world.chain, f.world.agency.id, f.operation.nonce);
    expected.programme = f.programme;
    expected.holder = f.world.buyer.id;
    expected.amount = 1'000'000;
    expected.open = 1'000'000;
    expected.expiry_ms = issue_expiry_ms;
    expected.purpose_tag = named_hash("a purpose");
    CHECK(find_voucher(f.world.state, expected.id) == expected);
    const Programme programme = find_programme(f.world.state, f.programme).value();
    CHECK(programme.unissued == 4'000'000);
    CHECK(programme.open == 1'000'000);
    CHECK(programme.cash == 5'000'000);
    CHECK(events_of<VoucherIssued>(f.world) ==
          std::vector{VoucherIssued{expected.id, f.programme, f.world.buyer.id, 1'000'000,
                                    issue_expiry_ms}});
}

TEST_CASE("IssueVoucher: the whole unissued sum and the whole cap of a company can be issued") {
    IssueFixture f;
    f.amend_programme([](Programme& p) { p.terms.cap_company = 5'000'000; });
    f.operation.amount = 5'000'000;
    f.operation.expiry_ms = find_programme(f.world.state, f.programme)->terms.redeem_by_ms;
    CHECK(f.world.run(*f.by, f.operation) == 0);
    CHECK(find_programme(f.world.state, f.programme)->unissued == 0);
}

TEST_CASE("IssueVoucher: of 10,000 equal purpose tags in one block exactly one is issued") {
    MarketWorld world;
    const ProgrammeId programmes[] = {world.open_programme(10'000), world.open_programme(10'000)};
    const Member* holders[] = {&world.buyer, &world.sibling, &world.seller, &world.rival};
    ledger::Overlay state(world.state);
    ledger::BlockContext block = world.block;
    ++block.height;
    const ledger::Key officer = ledger::find_key(state, world.agency.transact_id).value();
    std::map<ledger::RejectionCode, int> verdicts;
    for (u32 i = 0; i < 10'000; ++i) {
        const IssueVoucher operation =
            issue(world, programmes[i % 2], *holders[i % 4], 1 + i % 7, "one purpose");
        ledger::Overlay attempt(state);
        const ledger::Outcome outcome = world.rules.apply(encode(Operation(operation)), TxId(),
                                                          block, officer, world.documents, attempt);
        ++verdicts[outcome.code];
        if (outcome.code == ledger::accepted) attempt.apply_to(state);
    }
    CHECK(verdicts == std::map<ledger::RejectionCode, int>{
                          {ledger::accepted, 1}, {market::code(Rejection::tag_used), 9'999}});
    CHECK(find_programme(state, programmes[0])->open + find_programme(state, programmes[1])->open ==
          1);
}

}  // namespace jangbu::test
