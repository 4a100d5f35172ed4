#include "tests/support/refusals.h"
#include "tests/support/test_trade.h"

namespace jangbu::test {
namespace {

RegisterDataset registration(const Member& owner, std::string_view root) {
    RegisterDataset operation;
    operation.seed_nonce = {1, 2, 3};
    operation.data_root = named_hash(root);
    operation.byte_len = 100'000;
    operation.chunk_size = 16'384;
    operation.origin = 1;
    operation.schema_hash = named_hash(owner.name);
    return operation;
}

struct RegisterFixture {
    MarketWorld world;
    const Member* by = &world.seller;
    RegisterDataset operation = registration(world.seller, "root");
};

const Refusal<RegisterFixture> register_refusals[] = {
    {"a suspended organisation", Rejection::suspended,
     [](RegisterFixture& f) { suspend(f.world, f.world.seller); }},
    {"no byte", Rejection::bad_chunking, [](RegisterFixture& f) { f.operation.byte_len = 0; }},
    {"more than 2^44 bytes", Rejection::bad_chunking,
     [](RegisterFixture& f) { f.operation.byte_len = (u64{1} << 44) + 1; }},
    {"a chunk size that is none of the three", Rejection::bad_chunking,
     [](RegisterFixture& f) { f.operation.chunk_size = 8'192; }},
    {"origin 0", Rejection::bad_field, [](RegisterFixture& f) { f.operation.origin = 0; }},
    {"origin 4", Rejection::bad_field, [](RegisterFixture& f) { f.operation.origin = 4; }},
    {"derived data without parents", Rejection::bad_field,
     [](RegisterFixture& f) { f.operation.origin = 3; }},
    {"parents of collected data", Rejection::bad_field,
     [](RegisterFixture& f) { f.operation.parents = {{DatasetId(), Own{}, 0}}; }},
    {"a process of collected data", Rejection::bad_field,
     [](RegisterFixture& f) { f.operation.process = f.world.documents.text("process"); }},
    {"a batch", Rejection::not_yet_enabled,
     [](RegisterFixture& f) { f.operation.batch = BatchRef{}; }},
    {"a description that is not public", Rejection::bad_field,
     [](RegisterFixture& f) {
         f.operation.description = f.world.documents.text("secret", ledger::DocumentClass::parties);
     }},
    {"a profile of no class", Rejection::bad_field,
     [](RegisterFixture& f) {
         f.operation.profile = f.world.documents.text("profile");
         f.operation.profile->access = 5;
     }},
    {"the same root again", Rejection::dataset_exists,
     [](RegisterFixture& f) {
         RegisterDataset same = f.operation;
         same.byte_len = 1;
         REQUIRE(f.world.run(f.world.seller, same) == 0);
     }},
    {"an unknown previous version", Rejection::not_found,
     [](RegisterFixture& f) { f.operation.previous = DatasetId(named_hash("none")); }},
    {"another member's previous version", Rejection::not_allowed,
     [](RegisterFixture& f) {
         REQUIRE(f.world.run(f.world.rival, registration(f.world.rival, "root")) == 0);
         f.operation.previous = dataset_id(f.world.rival.id, named_hash("root"));
     }},
};

// The buyer made something from what it bought of the seller, and from a dataset of its own.
struct DeriveFixture {
    DeriveFixture() {
        if (!trade.to(OrderState::settled)) world.faults.push_back("the order did not settle");
        set_licence(licence_use | licence_derive | licence_train, std::nullopt);
        if (world.run(world.buyer, registration(world.buyer, "own")) != 0)
            world.faults.push_back("own data refused");
        operation = registration(world.buyer, "derived");
        operation.origin = 3;
        operation.parents = {{offer.dataset.id(), trade.id, 0}, {own, Own{}, 0}};
        operation.process = world.documents.text("lineage");
    }
    void set_licence(u16 bits, std::optional<u64> expires_ms) {
        amend<Listing>(world, listing_version_key(offer.listing, 1), [&](Listing& listing) {
            listing.licence.bits = bits;
            listing.licence.expires_ms = expires_ms;
        });
    }
    template <class Change>
    void amend_order(Change change) {
        amend<OrderPublic>(world, order_public_key(trade.id), change);
    }

    MarketWorld world;
    const Member* by = &world.buyer;
    Offer offer = make_offer(world, world.seller, 0);
    TestTrade trade{world, world.seller, world.buyer, offer};
    DatasetId own = dataset_id(world.buyer.id, named_hash("own"));
    RegisterDataset operation;
};
using D = DeriveFixture;

const Refusal<DeriveFixture> derive_refusals[] = {
    {"no parents", Rejection::bad_field, [](D& f) { f.operation.parents.clear(); }},
    {"a batch", Rejection::not_yet_enabled, [](D& f) { f.operation.batch = BatchRef{}; }},
    {"a parent twice", Rejection::bad_field,
     [](D& f) { f.operation.parents[1] = f.operation.parents[0]; }},
    {"a process of no class", Rejection::bad_field, [](D& f) { f.operation.process->access = 0; }},
    {"a parent that nobody registered", Rejection::parent_missing,
     [](D& f) { f.operation.parents[1].dataset = DatasetId(named_hash("none")); }},
    {"itself as a parent", Rejection::parent_missing,
     [](D& f) { f.operation.parents[1].dataset = dataset_id(f.by->id, f.operation.data_root); }},
    {"another member's data as own", Rejection::right_missing,
     [](D& f) { f.operation.parents[0].right = Own{}; }},
    {"an order that there is not", Rejection::right_missing,
     [](D& f) { f.operation.parents[0].right = OrderId(named_hash("none")); }},
    {"an order for another dataset", Rejection::right_missing,
     [](D& f) { f.operation.parents[1].right = f.trade.id; }},
    {"another member's order", Rejection::right_missing,
     [](D& f) { f.amend_order([&](OrderPublic& order) { order.buyer = f.world.rival.id; }); }},
    {"an order that is not settled yet", Rejection::right_missing,
     [](D& f) { f.amend_order([](OrderPublic& order) { order.state = OrderState::keyed; }); }},
    {"an order that was reversed", Rejection::right_missing,
     [](D& f) { f.amend_order([](OrderPublic& order) { order.state = OrderState::reversed; }); }},
    {"a licence that does not let derive", Rejection::right_missing,
     [](D& f) { f.set_licence(licence_use | licence_resell, std::nullopt); }},
    {"a share", Rejection::not_yet_enabled, [](D& f) { f.operation.parents[0].share_ppm = 1; }},
};

struct PublishFixture {
    PublishFixture() {
        REQUIRE(world.run(world.seller, registration(world.seller, "root")) == 0);
        operation = make_listing(world, dataset, FixedPrice{1'000'000, 1});
    }
    template <class Change>
    void amend_dataset(Change change) {
        amend<Dataset>(world, dataset_key(dataset), change);
    }

    MarketWorld world;
    const Member* by = &world.seller;
    DatasetId dataset = dataset_id(world.seller.id, named_hash("root"));
    PublishListing operation;
};
using P = PublishFixture;

const Refusal<PublishFixture> publish_refusals[] = {
    {"a suspended organisation", Rejection::suspended,
     [](P& f) { suspend(f.world, f.world.seller); }},
    {"a nonce that was used", Rejection::id_taken,
     [](P& f) { REQUIRE(f.world.run(*f.by, f.operation) == 0); }},
    {"a service", Rejection::not_yet_enabled, [](P& f) { f.operation.kind = 3; }},
    {"kind 0", Rejection::bad_field, [](P& f) { f.operation.kind = 0; }},
    {"kind 4", Rejection::bad_field, [](P& f) { f.operation.kind = 4; }},
    {"no dataset", Rejection::bad_field, [](P& f) { f.operation.dataset.reset(); }},
    {"an unknown dataset", Rejection::not_found,
     [](P& f) { f.operation.dataset = DatasetId(named_hash("none")); }},
    {"another member's dataset", Rejection::not_allowed, [](P& f) { f.by = &f.world.rival; }},
    {"a suspended dataset", Rejection::dataset_suspended,
     [](P& f) { f.amend_dataset([](Dataset& d) { d.state = DatasetState::suspended; }); }},
    {"a price by quote only", Rejection::not_yet_enabled,
     [](P& f) { f.operation.pricing = QuoteOnlyPrice{1}; }},
    {"a price per period", Rejection::not_yet_enabled,
     [](P& f) { f.operation.pricing = PerPeriodPrice{1, 1, 1, 1}; }},
    {"a price above amount_max", Rejection::bad_amount,
     [](P& f) { f.operation.pricing = FixedPrice{1'000'000'000'000'001, 1}; }},
    {"tax rule 3", Rejection::bad_field, [](P& f) { f.operation.pricing = FixedPrice{1'000, 3}; }},
    {"a licence bit of no meaning", Rejection::bad_field,
     [](P& f) { f.operation.licence.bits = 64; }},
    {"attribution 2", Rejection::bad_field, [](P& f) { f.operation.licence.attribution = 2; }},
    {"a licence that has ended", Rejection::bad_field,
     [](P& f) { f.operation.licence.expires_ms = MarketWorld::genesis_ms; }},
    {"a licence document of no class", Rejection::bad_field,
     [](P& f) {
         f.operation.licence.odrl = f.world.documents.text("odrl");
         f.operation.licence.odrl->access = 0;
     }},
    {"a licence bit that the inputs do not allow", Rejection::licence_too_wide,
     [](P& f) { f.amend_dataset([](Dataset& d) { d.ceiling_bits = licence_use; }); }},
    {"a licence without the end that the inputs have", Rejection::licence_too_wide,
     [](P& f) {
         f.amend_dataset(
             [](Dataset& d) { d.ceiling_expires_ms = MarketWorld::genesis_ms + 1'000'000; });
     }},
    {"a licence that ends after its inputs'", Rejection::licence_too_wide,
     [](P& f) {
         f.amend_dataset(
             [](Dataset& d) { d.ceiling_expires_ms = MarketWorld::genesis_ms + 1'000'000; });
         f.operation.licence.expires_ms = MarketWorld::genesis_ms + 1'000'001;
     }},
    {"mode 0", Rejection::bad_field, [](P& f) { f.operation.mode = 0; }},
    {"mode 2", Rejection::bad_field, [](P& f) { f.operation.mode = 2; }},
    {"a group as audience", Rejection::not_yet_enabled,
     [](P& f) { f.operation.audience = GroupAudience{}; }},
    {"invited members as audience", Rejection::not_yet_enabled,
     [](P& f) { f.operation.audience = InvitedAudience{}; }},
    {"a lock window below 1 s", Rejection::bad_field, [](P& f) { f.operation.lock_min_ms = 999; }},
    {"a lock window above 90 d", Rejection::bad_field,
     [](P& f) { f.operation.lock_min_ms = 90ull * 86'400'000 + 1; }},
    {"a dispute window below 1 s", Rejection::bad_field,
     [](P& f) { f.operation.dispute_min_ms = 1; }},
    {"a dispute window above 90 d", Rejection::bad_field,
     [](P& f) { f.operation.dispute_min_ms = ~u64{0}; }},
    {"sample 2", Rejection::bad_field, [](P& f) { f.operation.sample = 2; }},
    {"a description that is not public", Rejection::bad_field,
     [](P& f) { f.operation.description.access = 2; }},
};

}  // namespace

TEST_CASE("RegisterDataset: every refusal") {
    check_refusals<RegisterFixture>(register_refusals);
}

TEST_CASE("RegisterDataset: the record says who, what and when") {
    MarketWorld world;
    RegisterDataset operation = registration(world.seller, "root");
    operation.origin = 2;
    operation.description = world.documents.text("a description");
    operation.profile = world.documents.text("a profile", ledger::DocumentClass::parties);
    REQUIRE(world.run(world.seller, operation) == 0);
    Dataset expected;
    expected.id =
        DatasetId(crypto::Tag("jangbu/dataset/v1")({world.seller.id.bytes, operation.data_root}));
    expected.registrant = world.seller.id;
    expected.data_root = operation.data_root;
    expected.seed_nonce = operation.seed_nonce;
    expected.byte_len = 100'000;
    expected.chunk_size = 16'384;
    expected.origin = Origin::simulated;
    expected.schema_hash = operation.schema_hash;
    expected.description = operation.description;
    expected.profile = operation.profile;
    expected.registered_height = 1;
    expected.registered_ms = MarketWorld::genesis_ms + 1;
    expected.ceiling_bits = 63;
    CHECK(find_dataset(world.state, expected.id) == expected);
    CHECK(events_of<DatasetRegistered>(world) ==
          std::vector{DatasetRegistered{expected.id, world.seller.id, operation.data_root}});
}

TEST_CASE("RegisterDataset: a second member may register the same root, and versions follow") {
    MarketWorld world;
    REQUIRE(world.run(world.seller, registration(world.seller, "root")) == 0);
    CHECK(world.run(world.rival, registration(world.rival, "root")) == 0);
    RegisterDataset next = registration(world.seller, "root of version 2");
    next.previous = dataset_id(world.seller.id, named_hash("root"));
    REQUIRE(world.run(world.seller, next) == 0);
    CHECK(find_dataset(world.state, dataset_id(world.seller.id, next.data_root))->previous ==
          next.previous);
    CHECK(world.faults == std::vector<std::string>{});
}

TEST_CASE("RegisterDataset: every refusal of derived data") {
    check_refusals<DeriveFixture>(derive_refusals);
}

TEST_CASE("RegisterDataset: derived data keeps its parents and what their licences leave") {
    DeriveFixture f;
    const u64 ends_ms = MarketWorld::genesis_ms + 1'000'000;
    f.set_licence(licence_use | licence_derive | licence_train, ends_ms);
    amend<Dataset>(f.world, dataset_key(f.own), [&](Dataset& dataset) {
        dataset.ceiling_bits = licence_use | licence_derive | licence_commercial;
        dataset.ceiling_expires_ms = ends_ms + 5;
    });
    REQUIRE(f.world.run(*f.by, f.operation) == 0);
    const DatasetId id = dataset_id(f.by->id, f.operation.data_root);
    const auto dataset = find_dataset(f.world.state, id);
    REQUIRE(dataset);
    CHECK(dataset->origin == Origin::derived);
    CHECK(dataset->process == f.operation.process);
    CHECK(dataset->ceiling_bits == (licence_use | licence_derive));
    CHECK(dataset->ceiling_expires_ms == ends_ms);
    CHECK(find_lineage(f.world.state, id) == Lineage{id, f.operation.parents});
    CHECK(!find_lineage(f.world.state, f.own));

    // What it may be sold with, to the bit.
    PublishListing listing = make_listing(f.world, id, FixedPrice{1'000, 1});
    listing.licence.bits = licence_use | licence_train;
    listing.licence.expires_ms = ends_ms;
    CHECK(f.world.run(*f.by, listing) == market::code(Rejection::licence_too_wide));
    listing.licence.bits = licence_use;
    listing.licence.expires_ms = ends_ms + 1;
    CHECK(f.world.run(*f.by, listing) == market::code(Rejection::licence_too_wide));
    listing.licence.expires_ms = ends_ms;
    CHECK(f.world.run(*f.by, listing) == 0);
    CHECK(f.world.faults == std::vector<std::string>{});
}

TEST_CASE("PublishListing: every refusal") {
    check_refusals<PublishFixture>(publish_refusals);
}

TEST_CASE("PublishListing: version 1 is what the operation says") {
    PublishFixture f;
    f.operation.kind = 2;
    f.operation.lock_min_ms = 1'000;
    f.operation.dispute_min_ms = 90ull * 86'400'000;
    REQUIRE(f.world.run(*f.by, f.operation) == 0);
    const ListingId id = listing_id(f.world.chain, f.by->id, f.operation.nonce);
    Listing expected;
    expected.id = id;
    expected.listing_version = 1;
    expected.seller = f.world.seller.id;
    expected.kind = ListingKind::algorithm;
    expected.dataset = f.dataset;
    expected.pricing = FixedPrice{1'000'000, 1};
    expected.licence = f.operation.licence;
    expected.category = 7;
    expected.lock_min_ms = 1'000;
    expected.dispute_min_ms = 90ull * 86'400'000;
    expected.sample = 1;
    expected.description = f.operation.description;
    expected.published_height = 2;
    CHECK(find_listing(f.world.state, id) == expected);
    CHECK(find_listing(f.world.state, id, 1) == expected);
    CHECK(find_listing(f.world.state, id, 2) == std::nullopt);
    CHECK(events_of<ListingPublished>(f.world) ==
          std::vector{ListingPublished{id, 1, f.world.seller.id, f.dataset}});
}

TEST_CASE("PublishListing: free, and a licence within the ceiling") {
    PublishFixture f;
    f.operation.pricing = FreePrice{};
    f.operation.licence.bits = licence_use;
    f.operation.licence.expires_ms = MarketWorld::genesis_ms + 1'000'000;
    f.amend_dataset([](Dataset& d) {
        d.ceiling_bits = licence_use;
        d.ceiling_expires_ms = MarketWorld::genesis_ms + 1'000'000;
    });
    CHECK(f.world.run(*f.by, f.operation) == 0);
}

}  // namespace jangbu::test
