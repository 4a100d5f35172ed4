#include <doctest/doctest.h>

#include "tests/support/market_invariants.h"
#include "tests/support/test_trade.h"
#include "tests/support/vectors.h"

namespace jangbu::test {
namespace {

Hash hash_of(const json& deal, const char* field) {
    return array_of<32>(deal.at(field));
}

// A world whose ledger knows exactly what the vector's deal says: the order is KEYED, 1,000,003
// won, own money only.
struct Court {
    MarketWorld world;
    OrderId id;

    explicit Court(const json& deal) {
        world.chain = ledger::ChainId(hash_of(deal, "chain_id"));
        world.block.chain_id = world.chain;
        id = OrderId(hash_of(deal, "order_id"));
        world.mint(world.buyer, 1'100'003);
        world.mint(world.seller, 50'000);
        put_dataset(deal);
        put_order(deal);
        Account buyer = world.account(world.buyer);
        buyer.available = 0;  // in escrow
        world.put(account_key(world.buyer.id), buyer);
        Account seller = world.account(world.seller);
        seller.available = 0;
        seller.bond = 50'000;
        world.put(account_key(world.seller.id), seller);
    }

    void put_dataset(const json& deal) {
        Dataset dataset;
        dataset.id = DatasetId(hash_of(deal, "dataset_id"));
        dataset.registrant = OrgId(hash_of(deal, "registrant"));
        dataset.data_root = hash_of(deal, "data_root");
        dataset.byte_len = number_of(deal.at("n")) * 4096;
        dataset.chunk_size = 4096;
        world.put(dataset_key(dataset.id), dataset);
    }

    void put_order(const json& deal) {
        OrderPublic order;
        order.id = id;
        order.dataset = DatasetId(hash_of(deal, "dataset_id"));
        order.data_root = hash_of(deal, "data_root");
        order.n = number_of(deal.at("n"));
        order.chunk_size = 4096;
        order.seller = world.seller.id;
        order.buyer = world.buyer.id;
        order.state = OrderState::keyed;
        order.t = {PointBytes{}};
        order.y = hash_of(deal, "y");
        order.ct_root = hash_of(deal, "ct_root");
        order.store_org = world.node.id;
        order.m = ScalarBytes{};
        order.deadline_ms = world.block.market_time_ms + 1'000'000;
        OrderMoney money;
        money.id = id;
        money.supply = 1'000'003;
        money.tax = 100'000;
        money.own = 1'100'003;
        money.fee_bps = 100;
        money.bond = 50'000;
        money.penalty_bps = 200;
        money.tax_rule = 1;
        world.put(order_public_key(id), order);
        world.put(order_money_key(id), money);
    }

    // Nothing if the decoder refuses the bytes.
    std::optional<ledger::RejectionCode> judge(const json& entry, const json& file) {
        const auto operation = decode_operation(bytes_of(entry.at("operation")));
        if (!operation) return std::nullopt;
        const Document document{array_of<32>(file.at("document_salt")), "application/octet-stream",
                                bytes_of(entry.at("chunk"))};
        world.documents.add(document, ledger::DocumentClass::evidence);
        return world.run(world.buyer, *operation, Purpose::deliver);
    }
};

}  // namespace

TEST_CASE("bad chunk: every proof that must convict convicts, and the money follows") {
    const json& file = vectors("fx1.json");
    for (const json& entry : file.at("must_convict")) {
        CAPTURE(entry.at("reason"));
        const json& deal = file.at("deals").at(entry.at("deal").get<std::string>());
        Court court(deal);
        CHECK(court.judge(entry, file) == ledger::accepted);
        MarketWorld& world = court.world;
        CHECK(world.order(court.id).state == OrderState::refund_proven);
        CHECK(world.account(world.buyer).available == 1'100'003 + 50'000);
        CHECK(world.account(world.seller).bond == 0);
        CHECK(world.account(world.seller).strikes == 1);
        const auto dataset = find_dataset(world.state, DatasetId(hash_of(deal, "dataset_id")));
        CHECK(dataset->state == DatasetState::suspended);
        CHECK(world.faults.empty());
    }
}

TEST_CASE("bad chunk: nothing that must not convict does, and each has its own Rejection") {
    const json& file = vectors("fx1.json");
    for (const json& entry : file.at("must_not_convict")) {
        CAPTURE(entry.at("reason"));
        Court court(file.at("deals").at(entry.at("deal").get<std::string>()));
        const Hash before = court.world.state.root();
        const auto verdict = court.judge(entry, file);
        if (entry.at("rejection").is_null())
            CHECK_FALSE(verdict.has_value());
        else
            CHECK(verdict == entry.at("rejection").get<ledger::RejectionCode>());
        CHECK(court.world.state.root() == before);
        CHECK(court.world.faults.empty());
    }
}

TEST_CASE("bad chunk: every bad chunk of every size can be proven (I8), no good one (I7)") {
    const u64 sizes[] = {1, 4095, 4096, 4097, 3 * 4096, 4 * 4096 + 17, 5 * 4096};
    for (const u64 byte_len : sizes) {
        const u64 n = fx1::chunk_count(byte_len, 4096);
        for (u64 bad = 0; bad < n; ++bad) {
            CAPTURE(byte_len);
            CAPTURE(bad);
            MarketWorld world;
            world.mint(world.buyer, 20'000'000);
            world.mint(world.seller, 20'000'000);
            TestTrade trade(world, world.seller, world.buyer,
                            make_offer(world, world.seller, 2'000'000, byte_len));
            REQUIRE(trade.to(OrderState::keyed, bad));
            for (u64 good = 0; good < n; ++good)
                if (good != bad)
                    CHECK(world.run(world.buyer, trade.prove(good)) ==
                          code(Rejection::chunk_is_good));
            CHECK(world.run(world.buyer, trade.prove(bad)) == ledger::accepted);
            CHECK(trade.state() == OrderState::refund_proven);
            CHECK(broken_text(world) == "");
        }
    }
}

TEST_CASE("bad chunk: a dataset of each chunk size") {
    for (const u32 chunk_size : {4096u, 16384u, 65536u}) {
        MarketWorld world;
        world.mint(world.buyer, 20'000'000);
        world.mint(world.seller, 20'000'000);
        Offer offer{
            make_dataset(world, world.seller, 2 * chunk_size + 1, chunk_size), {}, 2'000'000, 1};
        CHECK(world.run(world.seller, offer.dataset.registration()) == 0);
        const PublishListing listing =
            make_listing(world, offer.dataset.id(), FixedPrice{offer.supply, 1});
        CHECK(world.run(world.seller, listing) == 0);
        offer.listing = listing_id(world.chain, world.seller.id, listing.nonce);
        TestTrade trade(world, world.seller, world.buyer, offer);
        REQUIRE(trade.to(OrderState::keyed, 1));
        const ProveBadChunk proof = trade.prove(1);
        CHECK(encode(Operation(proof)).size() + 160 < ledger::limits::transaction_bytes_max);
        CHECK(proof.chunk.length == chunk_size + (chunk_size == 4096 ? 92u : 93u));
        CHECK(world.run(world.buyer, proof) == ledger::accepted);
    }
}

TEST_CASE("bad chunk: the document must be there and of class evidence") {
    MarketWorld world;
    world.mint(world.buyer, 20'000'000);
    world.mint(world.seller, 20'000'000);
    TestTrade trade(world, world.seller, world.buyer, make_offer(world, world.seller, 2'000'000));
    REQUIRE(trade.to(OrderState::keyed, 1));
    ProveBadChunk proof = trade.prove(1);
    ProveBadChunk other = proof;
    other.chunk.access = static_cast<u8>(ledger::DocumentClass::parties);
    CHECK(world.run(world.buyer, other) == code(Rejection::bad_field));
    other = proof;
    other.chunk.hash = ledger::DocumentHash(named_hash("no document"));
    CHECK(world.run(world.buyer, other) == code(Rejection::document_missing));
    other = proof;
    other.i = trade.offer.dataset.leaves.size();  // the index is judged before the document
    other.chunk.hash = ledger::DocumentHash(named_hash("no document"));
    CHECK(world.run(world.buyer, other) == code(Rejection::index_out_of_range));
    CHECK(world.run(world.buyer, proof) == ledger::accepted);
}

}  // namespace jangbu::test
