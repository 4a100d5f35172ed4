// Which document may go, and when: one row for each class and each record that names documents.
#include "market/document_retention.h"

#include <doctest/doctest.h>

#include "tests/support/test_trade.h"

namespace jangbu::test {
namespace {

using ledger::DocumentClass;
using ledger::DocumentHash;

constexpr u64 year = 366 * day_ms;
constexpr u64 now = MarketWorld::genesis_ms;

u8 of(DocumentClass access) {
    return static_cast<u8>(access);
}
DocumentRef ref(u8 number, DocumentClass access) {
    return {DocumentHash(ByteArray<32>{number}), 100, of(access)};
}

// A state in which records stand that no operation of this stage can bring about.
struct Archive {
    MarketWorld world;
    std::map<u64, u64> times{{7, now + 7}};

    RetentionView view(std::optional<DocumentHash> only = std::nullopt) {
        return {world.state,
                [this](u64 height) -> Result<u64> {
                    const auto at = times.find(height);
                    if (at == times.end()) return fail(ErrorCode::not_found, "pruned");
                    return at->second;
                },
                [only](const DocumentHash& hash) { return !only || hash == *only; },
                {}};
    }
    template <class Record>
    std::vector<KeptByRecord> kept(const StateKey& key, const Record& record,
                                   std::optional<DocumentHash> only = std::nullopt) {
        return kept_by_record(key, bcs::encode(record), view(only));
    }
};

using Kept = std::vector<KeptByRecord>;
Kept for_ever(u8 number) {
    return {{ref(number, DocumentClass::public_).hash, std::nullopt}};
}
Kept until(u8 number, u64 ms) {
    return {{ref(number, DocumentClass::public_).hash, ms}};
}

OrderPublic ended_order(DocumentClass access) {
    OrderPublic order;
    order.id = OrderId(named_hash("order"));
    order.state = OrderState::settled;
    order.closed_height = 7;
    order.t = {PointBytes{}};
    order.terms = ref(1, access);
    return order;
}

}  // namespace

TEST_CASE("document retention: a block keeps a document for the term of its class") {
    const DocumentTerms terms;
    CHECK(kept_by_block(of(DocumentClass::evidence), now, terms) == now + 1'827 * day_ms);
    CHECK(kept_by_block(of(DocumentClass::personal), now, terms) == now + year);
    CHECK(kept_by_block(of(DocumentClass::public_), now, terms) == now + year);
    CHECK(kept_by_block(of(DocumentClass::parties), now, terms) == now + year);
    CHECK(kept_by_block(0, now, terms) == now + year);
    CHECK(kept_by_block(99, now, terms) == now + year);
}

TEST_CASE("document retention: what a dataset names stays, unless its class has a term") {
    Archive in;
    Dataset dataset;
    dataset.description = ref(1, DocumentClass::public_);
    dataset.profile = ref(2, DocumentClass::personal);
    dataset.process = ref(3, DocumentClass::evidence);
    const StateKey key = dataset_key(dataset.id);
    CHECK(in.kept(key, dataset) == for_ever(1));
    dataset.profile = ref(2, DocumentClass::parties);
    CHECK(in.kept(key, dataset).size() == 2);
    CHECK(in.kept(key, dataset, ref(2, DocumentClass::parties).hash) == for_ever(2));
}

TEST_CASE("document retention: organisation, listing and programme keep what they name") {
    Archive in;
    ledger::Organisation organisation;
    organisation.profile = ref(1, DocumentClass::public_);
    const StateKey key = ledger::state_key(ledger::Table::organisation, organisation.id.view());
    CHECK(in.kept(key, organisation) == for_ever(1));

    Listing listing;
    listing.pricing = FixedPrice{1, 1};
    listing.description = ref(1, DocumentClass::public_);
    listing.licence.odrl = ref(2, DocumentClass::parties);
    CHECK(in.kept(listing_version_key(listing.id, 1), listing).size() == 2);
    listing.licence.odrl = ref(2, DocumentClass::personal);
    CHECK(in.kept(listing_version_key(listing.id, 1), listing) == for_ever(1));

    Programme programme;
    programme.terms.officers = {PublicKey()};
    programme.funders = {{OrgId(), 0}};
    programme.terms.rules = ref(1, DocumentClass::public_);
    for (const ProgrammeState state : {ProgrammeState::open, ProgrammeState::closed}) {
        programme.state = state;
        CHECK(in.kept(programme_key(programme.id), programme) == for_ever(1));
    }
}

TEST_CASE("document retention: terms stay with an open order and seven years after its end") {
    Archive in;
    OrderPublic order = ended_order(DocumentClass::parties);
    const StateKey key = order_public_key(order.id);
    CHECK(in.kept(key, order) == until(1, now + 7 + 2'557 * day_ms));
    CHECK(in.kept(key, order, DocumentHash(ByteArray<32>{9})).empty());
    for (const DocumentClass access :
         {DocumentClass::public_, DocumentClass::parties, DocumentClass::personal}) {
        order = ended_order(access);
        order.state = OrderState::keyed;
        CHECK(in.kept(key, order) == for_ever(1));
    }
    // Of class personal: by its class alone, once the order is over.
    CHECK(in.kept(key, ended_order(DocumentClass::personal)).empty());
    // When the block time of the end cannot be told, nothing goes.
    order = ended_order(DocumentClass::parties);
    order.closed_height = 8;
    CHECK(in.kept(key, order) == for_ever(1));
    // With voucher money the contract is in the books of a programme, which no operation closes.
    order = ended_order(DocumentClass::parties);
    OrderMoney money;
    money.id = order.id;
    money.programme = ProgrammeId(named_hash("programme"));
    in.world.put(order_money_key(order.id), money);
    CHECK(in.kept(key, order) == for_ever(1));
    order.terms.reset();
    CHECK(in.kept(key, order).empty());
}

TEST_CASE("document retention: what is attested keeps its document a year longer") {
    Archive in;
    DatasetAttestations attestations;
    DatasetAttestation one;
    one.document = ref(1, DocumentClass::parties);
    one.valid_until_ms = now + 5;
    attestations.attestations = {one};
    const StateKey key = dataset_attestations_key(attestations.dataset);
    CHECK(in.kept(key, attestations) == until(1, now + 5 + year));
    attestations.attestations[0].document = ref(1, DocumentClass::personal);
    CHECK(in.kept(key, attestations) == until(1, now + 5 + year));
    attestations.attestations[0].valid_until_ms = ~u64{0};
    CHECK(in.kept(key, attestations) == until(1, ~u64{0}));
    attestations.attestations[0].valid_until_ms.reset();
    CHECK(in.kept(key, attestations).empty());
    attestations.attestations[0].document = ref(1, DocumentClass::public_);
    CHECK(in.kept(key, attestations) == for_ever(1));

    Attestation attestation;
    attestation.valid_to_ms = now;
    attestation.document = ref(1, DocumentClass::personal);
    CHECK(in.kept(attestation_key(attestation.subject, attestation.family), attestation) ==
          until(1, now + year));
}

TEST_CASE("document retention: records that name no document keep none") {
    Archive in;
    in.world.mint(in.world.buyer, 5);
    std::size_t records = 0;
    in.world.state.for_each([&](ByteView key, ByteView value) {
        ++records;
        CHECK(kept_by_record(key, value, in.view()).empty());
    });
    CHECK(records > 10);
    CHECK(kept_by_record({}, {}, in.view()).empty());
}

TEST_CASE("document retention: evidence that is gone is judged as its receipt says") {
    struct Gone final : ledger::DocumentReader {
        std::optional<ledger::RejectionCode> code;
        std::optional<Document> find(const DocumentHash&) const override { return std::nullopt; }
        std::optional<ledger::RejectionCode> recorded(const TxId&) const override { return code; }
    };
    const std::pair<std::optional<ledger::RejectionCode>, ledger::RejectionCode> rows[] = {
        {std::nullopt, code(Rejection::document_missing)},
        {code(Rejection::chunk_is_good), code(Rejection::chunk_is_good)},
        {ledger::accepted, ledger::accepted}};
    for (const auto& [recorded, expected] : rows) {
        MarketWorld world;
        world.mint(world.buyer, 20'000'000);
        world.mint(world.seller, 20'000'000);
        TestTrade trade(world, world.seller, world.buyer,
                        make_offer(world, world.seller, 2'000'000));
        REQUIRE(trade.to(OrderState::keyed, 1));
        const ProveBadChunk proof = trade.prove(1);
        Gone gone;
        gone.code = recorded;
        ledger::Overlay overlay(world.state);
        const auto author = ledger::find_key(world.state, world.buyer.deliver_id);
        ++world.block.height;
        const ledger::Outcome outcome = world.rules.apply(encode(Operation(proof)), TxId(),
                                                          world.block, *author, gone, overlay);
        CHECK(outcome.code == expected);
        if (expected == ledger::accepted)
            CHECK(find_order(overlay, trade.id)->state == OrderState::refund_proven);
    }
}

}  // namespace jangbu::test
