// Who reads what: public, party and validator routes, each without a pass, with a wrong one and
// with the right one.
#include "market/state_keys.h"
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

ApiWorld::Headers as_pass(const SignedReadPass& pass) {
    return {{"Authorization", "Jangbu-Pass " + to_base64url(bcs::encode(pass))}};
}

// Refused to everybody but the readers.
void check_readers(const ApiWorld& api, const std::string& path,
                   const std::set<std::string>& readers) {
    const HttpAnswer without = api.get(path);
    CHECK_MESSAGE(without.status == 401, path, " without a pass");
    CHECK(without.code() == "unauthenticated");
    CHECK(without.header("www-authenticate") == "Jangbu-Pass");
    for (const Member* member : api.in.world.members()) {
        const int expected = readers.contains(member->name) ? 200 : 403;
        CHECK_MESSAGE(api.get(path, api.pass(*member)).status == expected, path, " by ",
                      member->name);
    }
}

// A programme with a voucher for the buyer, through the node.
struct Support {
    explicit Support(ApiWorld& api) {
        MarketWorld& world = api.in.world;
        const CreateProgramme create = world.programme_terms();
        programme = programme_id(world.chain, world.agency.id, create.nonce);
        api.in.mint(world.agency, 50'000'000);
        const auto run = [&](const Operation& operation) {
            REQUIRE(api.in.run(world.agency.transact, operation) == 0);
        };
        run(create);
        run(FundProgramme{programme, 20'000'000});
        run(OpenProgramme{programme});
        IssueVoucher issue;
        issue.nonce = world.nonce();
        issue.programme = programme;
        issue.holder = world.buyer.id;
        issue.amount = 1'000'000;
        issue.expiry_ms = MarketWorld::genesis_ms + MarketWorld::year_ms;
        issue.purpose_tag = named_hash("purpose");
        run(issue);
        voucher = voucher_id(world.chain, world.agency.id, issue.nonce);
    }
    ProgrammeId programme;
    VoucherId voucher;
};

}  // namespace

TEST_CASE("api: an account is read by its own organisation") {
    ApiWorld api;
    api.in.mint(api.in.world.buyer, 500);
    const std::string path = "/v1/accounts/" + api.in.world.buyer.id.hex();
    check_readers(api, path, {"buyer"});
    const json answer = api.get_json(path, api.pass(api.in.world.buyer));
    CHECK(answer["available"] == "500");
    CHECK(record_of<Account>(answer["record"]) == api.in.account(api.in.world.buyer));
    const std::string outsider = "/v1/accounts/" + api.in.world.outsider.id.hex();
    CHECK(api.get_json(outsider, api.pass(api.in.world.outsider))["available"] == "0");
}

TEST_CASE("api: an order is read by its buyer and its seller, and listed for each in its role") {
    ApiWorld api;
    NodeTrade trade(api.in);
    trade.to(OrderState::accepted);
    const std::string id = trade.trade->id.hex();
    check_readers(api, "/v1/orders/" + id, {"buyer", "seller"});
    const json answer = api.get_json("/v1/orders/" + id, api.pass(api.in.world.buyer));
    CHECK(record_of<OrderPublic>(answer["record"]) == trade.order());
    const auto money = record_of<OrderMoney>(answer["money_record"]);
    CHECK(money.supply == 10'000);
    CHECK(answer["money"]["supply"] == "10000");
    CHECK(answer["money"]["tax"] == "1000");
    CHECK(answer["state_name"] == "ACCEPTED");

    const auto listed = [&](const char* role, const Member& member) {
        const json all = api.get_json(std::string("/v1/orders?role=") + role, api.pass(member));
        return all["items"].size();
    };
    CHECK(listed("buyer", api.in.world.buyer) == 1);
    CHECK(listed("seller", api.in.world.buyer) == 0);
    CHECK(listed("seller", api.in.world.seller) == 1);
    CHECK(listed("buyer", api.in.world.seller) == 0);
    CHECK(listed("buyer", api.in.world.rival) == 0);
    CHECK(api.get("/v1/orders?role=buyer").status == 401);
    CHECK(api.get("/v1/orders?role=both", api.pass(api.in.world.buyer)).status == 400);
    CHECK(api.get("/v1/orders", api.pass(api.in.world.buyer)).status == 400);
    const std::string none = OrderId(named_hash("none")).hex();
    CHECK(api.get("/v1/orders/" + none, api.pass(api.in.world.buyer)).status == 404);
}

TEST_CASE("api: a voucher is read by its holder and the programme's owner") {
    ApiWorld api;
    const Support support(api);
    const std::string path = "/v1/vouchers/" + support.voucher.hex();
    check_readers(api, path, {"buyer", "agency"});
    const json answer = api.get_json(path, api.pass(api.in.world.buyer));
    CHECK(record_of<Voucher>(answer["record"]).amount == 1'000'000);
    CHECK(answer["open"] == "1000000");
    CHECK(api.get_json("/v1/vouchers", api.pass(api.in.world.buyer))["items"].size() == 1);
    CHECK(api.get_json("/v1/vouchers", api.pass(api.in.world.agency))["items"].empty());
    CHECK(api.get("/v1/vouchers").status == 401);
    // The programme and the attestations are public.
    const json programme = api.get_json("/v1/programmes/" + support.programme.hex());
    CHECK(record_of<Programme>(programme["record"]).budget == 20'000'000);
    CHECK(programme["unissued"] == "19000000");
    const std::string attestation =
        "/v1/attestations/" + api.in.world.buyer.id.hex() + "/" + api.in.world.family.hex();
    CHECK(api.get_json(attestation)["class"] == 1);
    CHECK(api.get("/v1/attestations/" + api.in.world.outsider.id.hex() + "/" +
                  api.in.world.family.hex())
              .status == 404);
}

TEST_CASE("api: proofs of party tables are for parties, of public tables for all") {
    ApiWorld api;
    NodeTrade trade(api.in);
    trade.to(OrderState::placed);
    const Support support(api);
    const auto path = [](const StateKey& key) { return "/v1/proofs/state?key=" + to_hex(key); };
    check_readers(api, path(account_key(api.in.world.buyer.id)), {"buyer"});
    check_readers(api, path(order_money_key(trade.trade->id)), {"buyer", "seller"});
    check_readers(api, path(voucher_key(support.voucher)), {"buyer", "agency"});
    CHECK(api.get(path(order_public_key(trade.trade->id))).status == 200);
    CHECK(api.get(path(programme_key(support.programme))).status == 200);
    // What a member was issued and used in all is nobody's business but the ledger's keepers'.
    check_readers(api, path(issued_key(support.programme, api.in.world.buyer.id)), {"operator"});
}

TEST_CASE(
    "api: where a derived dataset comes from, and what others attest, is proven to everybody") {
    ApiWorld api;
    MarketWorld& world = api.in.world;
    const TestDataset parent = make_dataset(world, world.seller, 5'000);
    RegisterDataset derived = make_dataset(world, world.seller, 4'000).registration();
    derived.origin = static_cast<u8>(Origin::derived);
    derived.parents = {{parent.id(), Own{}, 0}};
    REQUIRE(api.in.run(world.seller.transact, parent.registration()) == 0);
    REQUIRE(api.in.run(world.seller.transact, derived) == 0);
    const DatasetId id = dataset_id(world.seller.id, derived.data_root);
    const auto kind = [&](const StateKey& key) {
        return api.get_json("/v1/proofs/state?key=" + to_hex(key))["kind"];
    };
    CHECK(kind(lineage_key(id)) == "state");
    CHECK(kind(lineage_key(parent.id())) == "absence");
    CHECK(kind(dataset_attestations_key(id)) == "absence");
}

TEST_CASE("api: blocks are read by validators") {
    ApiWorld api;
    api.in.mint(api.in.world.buyer, 500);
    check_readers(api, "/v1/blocks/1", {"operator"});
    const json answer = api.get_json("/v1/blocks/1", api.pass(api.in.world.node));
    const MarketRules rules;
    const auto bytes = from_base64url(answer["input"].get<std::string>());
    const auto input = ledger::decode_block_input(bytes.value(), rules);
    REQUIRE(input.has_value());
    CHECK(input->height == 1);
    CHECK(input->transactions.size() == 1);
    CHECK(record_of<ledger::Header>(answer["header"]) == api.in.node->head()->header);
    REQUIRE(answer["receipts"].size() == 1);
    CHECK(record_of<ledger::Receipt>(answer["receipts"][0]).code == 0);
    CHECK(api.get("/v1/blocks/2", api.pass(api.in.world.node)).status == 404);
    CHECK(api.get("/v1/blocks/0", api.pass(api.in.world.node)).status == 400);
}

TEST_CASE("api: a pass must be in force, of a live key of its organisation, for this ledger") {
    ApiWorld api;
    const Member& buyer = api.in.world.buyer;
    const Member& seller = api.in.world.seller;
    const std::string path = "/v1/accounts/" + buyer.id.hex();
    const u64 now = api.in.now_ms;
    CHECK(api.get(path, api.pass_by(buyer.transact, buyer.id)).status == 200);
    const auto refused = [&](const ApiWorld::Headers& headers, const char* why) {
        const HttpAnswer answer = api.get(path, headers);
        CHECK_MESSAGE(answer.status == 401, why);
        CHECK_MESSAGE(answer.code() == "unauthenticated", why);
        CHECK(answer.header("www-authenticate") == "Jangbu-Pass");
    };
    refused(api.pass_by(seller.deliver, buyer.id), "signed by another organisation");
    refused(api.pass(buyer, 0), "expired");
    refused(api.pass(buyer, 24 * 3'600'000ull + 1), "lives too long");
    refused(as_pass(sign(ReadPass{ChainId(named_hash("x")), buyer.id, now + 1'000}, buyer.deliver)),
            "for another ledger");
    SignedReadPass forged =
        sign(ReadPass{api.in.world.chain, buyer.id, now + 1'000}, buyer.deliver);
    forged.pass.expires_ms += 1;
    refused(as_pass(forged), "changed after signing");
    refused(api.pass_by(Member("stranger").deliver, buyer.id), "of an unknown key");
    refused(api.ticket(buyer, TicketAction::read, named_hash("x"), named_hash("y")), "a ticket");
    const auto pass = api.pass(buyer);
    CHECK(api.get(path, pass).status == 200);
    api.in.now_ms += 3'600'000;
    refused(pass, "expired meanwhile");
    REQUIRE(api.in.run(buyer.transact, RevokeKey{buyer.deliver_id}) == 0);
    refused(api.pass(buyer), "of a revoked key");
    for (const char* value : {"Jangbu-Pass", "Jangbu-Pass !!", "Jangbu-Pass AAAA", "Jangbu-Pass "})
        refused({{"Authorization", value}}, value);
    refused({{"Authorization", "Bearer x"}}, "another scheme");
}

TEST_CASE("api: documents by their class, and a stranger's naming opens nothing") {
    ApiWorld api;
    MarketWorld& world = api.in.world;
    const DocumentRef description = world.documents.text("a description");
    const DocumentRef secret =
        world.documents.add({named_hash("salt"), "application/vnd.jangbu.description+json",
                             to_bytes(as_bytes(R"({"title":"비밀문서","summary":"only for us"})"))},
                            ledger::DocumentClass::parties);
    const Offer offer = api.offer(world.seller, {{"title", "a"}});
    api.in.mint(world.buyer, 100'000);
    TestTrade trade(world, world.seller, world.buyer, offer);
    trade.place.terms = secret;
    REQUIRE(api.in.run(world.buyer.transact, trade.place) == 0);

    const std::string path = "/v1/documents/" + secret.hash.hex();
    // Who may read blocks has their documents with them.
    const std::set<std::string> readers{"buyer", "seller", "operator"};
    check_readers(api, path, readers);
    const HttpAnswer answer = api.get(path, api.pass(world.seller));
    CHECK(answer.header("content-type") == "application/octet-stream");
    CHECK(ledger::document_hash(as_bytes(answer.body)) == secret.hash);

    // The rival names the same hash, as public in a listing and as a party in a dataset.
    RegisterDataset naming = make_dataset(world, world.rival, 100).registration();
    DocumentRef named = secret;
    naming.profile = named;
    REQUIRE(api.in.run(world.rival.transact, naming) == 0);
    named.access = static_cast<u8>(ledger::DocumentClass::public_);
    PublishListing listing =
        make_listing(world, dataset_id(world.rival.id, naming.data_root), FixedPrice{10'000, 1});
    listing.description = named;
    REQUIRE(api.in.run(world.rival.transact, listing) == 0);
    check_readers(api, path, readers);
    const std::string id = listing_id(world.chain, world.rival.id, listing.nonce).hex();
    CHECK(api.get_json("/v1/listings/" + id)["description_text"].is_null());
    CHECK(api.get_json("/v1/listings?q=" + percent_encoded("비밀문서"))["items"].empty());

    // Who may read it may open it.
    PublishListing own = make_listing(world, offer.dataset.id(), FixedPrice{10'000, 1});
    own.description = named;
    REQUIRE(api.in.run(world.seller.transact, own) == 0);
    CHECK(api.get(path).status == 200);
    CHECK(api.get_json("/v1/listings?q=" + percent_encoded("비밀문서"))["items"].size() == 1);
    CHECK(api.get("/v1/documents/" + ledger::DocumentHash(named_hash("x")).hex()).status == 404);
    CHECK(api.get("/v1/documents/" + description.hash.hex()).status == 404);  // never sent
}
