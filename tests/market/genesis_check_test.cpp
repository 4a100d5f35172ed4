#include "market/genesis_check.h"

#include "tests/support/refusals.h"

namespace jangbu::test {
namespace {

// The entries of a world that has not begun to trade.
ledger::GenesisFile file_of(const MarketWorld& world) {
    ledger::GenesisFile file;
    world.state.for_each([&](ByteView key, ByteView value) {
        file.state.emplace_back(to_bytes(key), to_bytes(value));
    });
    std::ranges::sort(file.state);
    return file;
}

struct Flaw {
    const char* detail;  // part of what the error says
    void (*make)(MarketWorld&);
};

const Flaw flaws[] = {
    {"table 3",
     [](MarketWorld& w) { w.put(account_key(w.buyer.id), account_of(w.state, w.buyer.id)); }},
    {"table 17", [](MarketWorld& w) { w.put(bank_reference_key({}), Taken{}); }},
    {"table 24", [](MarketWorld& w) { w.put(transact_keys_key(w.buyer.id), TransactKeys{}); }},
    {"table 255", [](MarketWorld& w) { w.put_bytes({255, 1}, {1}); }},
    {"parameter fee_bps is outside",
     [](MarketWorld& w) { w.set_parameter(parameters::fee_bps, 501); }},
    {"parameter fees is unknown", [](MarketWorld& w) { w.set_parameter({"fees", 0, 0, 0}, 0); }},
    {"parameter fee_bps is not a number",
     [](MarketWorld& w) {
         w.put(ledger::state_key(ledger::Table::parameter, as_bytes("fee_bps")),
               ledger::Parameter{w.node.id, std::nullopt});
     }},
    {"parameter fee_bps is outside",
     [](MarketWorld& w) {
         w.put(ledger::state_key(ledger::Table::parameter, as_bytes("fee_bps")),
               ledger::Parameter{u64{1}, std::pair{ledger::ParameterValue(u64{501}), u64{9}}});
     }},
    {"treasury names no organisation",
     [](MarketWorld& w) { w.set_parameter({"treasury", 0, 0, 0}, 0); }},
    {"parameter fee_bps: ",
     [](MarketWorld& w) {
         w.put_bytes(ledger::state_key(ledger::Table::parameter, as_bytes("fee_bps")), {1});
     }},
    {"names no tag authority",
     [](MarketWorld& w) { w.put(family_key(w.family), Family{w.family, w.seller.id, 1}); }},
    {"family ", [](MarketWorld& w) { w.put_bytes(family_key(w.family), {2}); }},
    {"does not stand under its own id",
     [](MarketWorld& w) { w.put(family_key(FamilyId()), Family{w.family, w.agency.id, 1}); }},
};

struct AttestationFlaw {
    const char* detail;
    void (*make)(MarketWorld&, Attestation&);
};
const AttestationFlaw attestation_flaws[] = {
    {"under its subject", [](MarketWorld& w, Attestation& a) { a.subject = w.seller.id; }},
    {"was not tagged", [](MarketWorld&, Attestation& a) { a.tag_key = 2; }},
    {"issued by no attestor", [](MarketWorld& w, Attestation& a) { a.issuer = w.seller.id; }},
    {"class outside", [](MarketWorld&, Attestation& a) { a.class_ = CompanyClass{0}; }},
    {"class outside", [](MarketWorld&, Attestation& a) { a.class_ = CompanyClass{5}; }},
    {"is revoked", [](MarketWorld&, Attestation& a) { a.revoked_at = 1; }},
    {"ends before", [](MarketWorld&, Attestation& a) { a.valid_to_ms = a.valid_from_ms - 1; }},
};

void check_refused(const MarketWorld& world, const char* detail) {
    const Status status = check_genesis_entries(file_of(world));
    REQUIRE_MESSAGE(!status, detail);
    CHECK(status.error().code == ErrorCode::verification_failed);
    CHECK_MESSAGE(status.error().detail.find(detail) != std::string::npos, status.error().detail);
}

}  // namespace

TEST_CASE("genesis: members, parameters, families and attestations may begin a ledger") {
    MarketWorld world;
    world.set_parameter(parameters::fee_bps, 500);
    const Status status = check_genesis_entries(file_of(world));
    CHECK_MESSAGE(status.has_value(), (status ? "" : status.error().detail));
}

TEST_CASE("genesis: every flaw of the market's entries is named") {
    for (const Flaw& flaw : flaws) {
        MarketWorld world;
        flaw.make(world);
        check_refused(world, flaw.detail);
    }
}

TEST_CASE("genesis: every flaw of an attestation is named") {
    for (const AttestationFlaw& flaw : attestation_flaws) {
        MarketWorld world;
        const StateKey key = attestation_key(world.buyer.id, world.family);
        Attestation attestation =
            find_attestation(world.state, world.buyer.id, world.family).value();
        flaw.make(world, attestation);
        world.put(key, attestation);
        check_refused(world, flaw.detail);
    }
    MarketWorld stranger;
    Attestation attestation =
        find_attestation(stranger.state, stranger.buyer.id, stranger.family).value();
    attestation.subject = OrgId(named_hash("nobody"));
    stranger.put(attestation_key(attestation.subject, stranger.family), attestation);
    check_refused(stranger, "is of no member");
    attestation.family = FamilyId(named_hash("no family"));
    MarketWorld other;
    other.put(attestation_key(attestation.subject, attestation.family), attestation);
    check_refused(other, "is in no family");
}

}  // namespace jangbu::test
