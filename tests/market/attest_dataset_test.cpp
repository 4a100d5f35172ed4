#include "tests/support/refusals.h"
#include "tests/support/test_trade.h"

namespace jangbu::test {
namespace {

// The buyer derived something from what the seller sells; the rival bought the same.
struct RerunFixture {
    RerunFixture() {
        if (!bought.to(OrderState::settled) || !again.to(OrderState::settled))
            world.faults.push_back("an order did not settle");
        set_licence(licence_use | licence_derive);
        RegisterDataset derived;
        derived.seed_nonce = {1};
        derived.data_root = named_hash("derived");
        derived.byte_len = 5'000;
        derived.chunk_size = 4'096;
        derived.origin = static_cast<u8>(Origin::derived);
        derived.parents = {{offer.dataset.id(), bought.id, 0}};
        if (world.run(world.buyer, derived) != 0) world.faults.push_back("derived data refused");
        set_licence(licence_use);  // to run a plan again is to use
        operation.dataset = product;
        operation.kind = static_cast<u8>(AttestationKind::rerun);
        operation.result = named_hash("what came out");
        operation.rights = {again.id};
    }
    void set_licence(u16 bits) {
        amend<Listing>(world, listing_version_key(offer.listing, 1),
                       [&](Listing& listing) { listing.licence.bits = bits; });
    }
    template <class Change>
    void amend_order(Change change) {
        amend<OrderPublic>(world, order_public_key(again.id), change);
    }

    MarketWorld world;
    const Member* by = &world.rival;
    Offer offer = make_offer(world, world.seller, 0);
    TestTrade bought{world, world.seller, world.buyer, offer};
    TestTrade again{world, world.seller, world.rival, offer};
    DatasetId product = dataset_id(world.buyer.id, named_hash("derived"));
    AttestDataset operation;
};
using R = RerunFixture;

const Refusal<R> rerun_refusals[] = {
    {"a suspended organisation", Rejection::suspended,
     [](R& f) { suspend(f.world, f.world.rival); }},
    {"kind 0", Rejection::not_allowed, [](R& f) { f.operation.kind = 0; }},
    {"kind 5", Rejection::not_allowed, [](R& f) { f.operation.kind = 5; }},
    {"an end", Rejection::bad_field,
     [](R& f) { f.operation.valid_until_ms = MarketWorld::genesis_ms + 1'000'000; }},
    {"no result", Rejection::bad_field, [](R& f) { f.operation.result = {}; }},
    {"a document of no class", Rejection::bad_field,
     [](R& f) {
         f.operation.document = f.world.documents.text("log");
         f.operation.document->access = 0;
     }},
    {"a dataset that there is not", Rejection::not_found,
     [](R& f) { f.operation.dataset = DatasetId(named_hash("none")); }},
    {"one's own product", Rejection::not_allowed,
     [](R& f) {
         f.by = &f.world.buyer;
         f.operation.rights = {f.bought.id};
     }},
    {"data that was not derived", Rejection::bad_field,
     [](R& f) { f.operation.dataset = f.offer.dataset.id(); }},
    {"fewer rights than parents", Rejection::bad_field, [](R& f) { f.operation.rights.clear(); }},
    {"more rights than parents", Rejection::bad_field,
     [](R& f) { f.operation.rights.push_back(Own{}); }},
    {"another's data as own", Rejection::right_missing, [](R& f) { f.operation.rights = {Own{}}; }},
    {"an order that there is not", Rejection::right_missing,
     [](R& f) { f.operation.rights = {OrderId(named_hash("none"))}; }},
    {"another member's order", Rejection::right_missing,
     [](R& f) { f.operation.rights = {f.bought.id}; }},
    {"an order that is not settled yet", Rejection::right_missing,
     [](R& f) { f.amend_order([](OrderPublic& order) { order.state = OrderState::keyed; }); }},
    {"an order for another dataset", Rejection::right_missing,
     [](R& f) { f.amend_order([&](OrderPublic& order) { order.dataset = f.product; }); }},
    {"a licence that does not let use", Rejection::right_missing,
     [](R& f) { f.set_licence(licence_derive); }},
};

// An attestor calibrated what measured the seller's data.
struct ReportFixture {
    ReportFixture() {
        operation.dataset = offer.dataset.id();
        operation.kind = static_cast<u8>(AttestationKind::calibration);
        operation.document = world.documents.text("a calibration certificate");
        operation.valid_until_ms = MarketWorld::genesis_ms + 1'000'000;
    }
    MarketWorld world;
    const Member* by = &world.agency;
    Offer offer = make_offer(world, world.seller, 0);
    AttestDataset operation;
};
using A = ReportFixture;

const Refusal<A> report_refusals[] = {
    {"who is no attestor", Rejection::not_allowed, [](A& f) { f.by = &f.world.rival; }},
    {"kind 5", Rejection::bad_field, [](A& f) { f.operation.kind = 5; }},
    {"no document", Rejection::bad_field, [](A& f) { f.operation.document.reset(); }},
    {"an end that is over", Rejection::bad_field, [](A& f) { f.operation.valid_until_ms = 1; }},
    {"a right", Rejection::bad_field, [](A& f) { f.operation.rights = {Own{}}; }},
    {"as many attestations as may be", Rejection::limit_exceeded,
     [](A& f) {
         DatasetAttestations full{f.operation.dataset, {}};
         for (u8 i = 0; i < DatasetAttestations::attestations_max; ++i) {
             DatasetAttestation other;
             other.attestor.bytes = {i};  // below every hash but one in 2^19
             full.attestations.push_back(other);
         }
         f.world.put(dataset_attestations_key(f.operation.dataset), full);
     }},
};

}  // namespace

TEST_CASE("AttestDataset: every refusal of a re-run") {
    check_refusals<RerunFixture>(rerun_refusals);
}

TEST_CASE("AttestDataset: every refusal of a report") {
    check_refusals<ReportFixture>(report_refusals);
}

TEST_CASE("AttestDataset: what two second parties found stands beside the dataset") {
    RerunFixture f;
    AttestDataset own = f.operation;  // the parent's owner, who needs no order
    own.rights = {Own{}};
    own.document = f.world.documents.text("log");
    REQUIRE(f.world.run(f.world.seller, own) == 0);
    REQUIRE(f.world.run(*f.by, f.operation) == 0);
    CHECK(events_of<DatasetAttested>(f.world) ==
          std::vector{DatasetAttested{f.product, f.world.rival.id, AttestationKind::rerun,
                                      f.operation.result}});
    const auto record = attestations_of(f.world.state, f.product);
    CHECK(record.dataset == f.product);
    REQUIRE(record.attestations.size() == 2);
    for (const DatasetAttestation& one : record.attestations) {
        const bool sellers = one.attestor == f.world.seller.id;
        CHECK((sellers || one.attestor == f.world.rival.id));
        CHECK(one.kind == AttestationKind::rerun);
        CHECK(one.result == f.operation.result);
        CHECK(one.document == (sellers ? own.document : std::nullopt));
        CHECK(one.attested_height > 0);
    }
    CHECK(attestations_of(f.world.state, f.offer.dataset.id()).attestations.empty());
    CHECK(f.world.faults == std::vector<std::string>{});
}

TEST_CASE("AttestDataset: a newer report of the same kind takes the place of the older") {
    ReportFixture f;
    REQUIRE(f.world.run(*f.by, f.operation) == 0);
    AttestDataset inspection = f.operation;
    inspection.kind = static_cast<u8>(AttestationKind::inspection);
    REQUIRE(f.world.run(*f.by, inspection) == 0);
    f.operation.document = f.world.documents.text("the next calibration certificate");
    REQUIRE(f.world.run(*f.by, f.operation) == 0);
    const auto all = attestations_of(f.world.state, f.operation.dataset).attestations;
    REQUIRE(all.size() == 2);
    CHECK(all[0].kind == AttestationKind::inspection);
    CHECK(all[0].document == inspection.document);
    CHECK(all[1].kind == AttestationKind::calibration);
    CHECK(all[1].document == f.operation.document);
}

// By hand from docs/formats.md: tag 40, and none of the tags between the last of the order and it.
TEST_CASE("AttestDataset: its bytes") {
    AttestDataset operation;
    operation.dataset.bytes.fill(0xaa);
    operation.kind = 4;
    operation.result.fill(0xbb);
    OrderId order;
    order.bytes.fill(0xcc);
    operation.rights = {Own{}, order};
    Bytes expected = {40};
    expected.insert(expected.end(), 32, 0xaa);
    expected.push_back(4);
    expected.insert(expected.end(), 32, 0xbb);
    expected.push_back(2);
    expected.push_back(0);
    expected.push_back(1);
    expected.insert(expected.end(), 32, 0xcc);
    expected.push_back(0);
    expected.push_back(0);
    CHECK(encode(Operation(operation)) == expected);
    CHECK(decode_operation(expected).value() == Operation(operation));
    for (u8 tag = 17; tag < 128; ++tag) {
        expected[0] = tag;
        CHECK(decode_operation(expected).has_value() == (tag == 40));
    }
}

}  // namespace jangbu::test
