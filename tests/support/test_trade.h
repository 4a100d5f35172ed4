// TestTrade: both clients of one order in one object, over the real cryptography: dataset, order,
// keys, ciphertext.
#pragma once

#include "tests/support/market_world.h"

namespace jangbu::test {

namespace fx1 = crypto::fx1;

// A dataset in memory with its commitment.
struct TestDataset {
    OrgId registrant;
    Nonce seed_nonce{};
    u64 byte_len = 0;
    u32 chunk_size = 4096;
    std::vector<Bytes> records;  // salt || data
    std::vector<Hash> leaves;
    Hash root{};

    DatasetId id() const { return dataset_id(registrant, root); }
    RegisterDataset registration() const {
        RegisterDataset operation;
        operation.seed_nonce = seed_nonce;
        operation.data_root = root;
        operation.byte_len = byte_len;
        operation.chunk_size = chunk_size;
        operation.origin = static_cast<u8>(Origin::simulated);
        return operation;
    }
};

inline TestDataset make_dataset(MarketWorld& world, const Member& owner, u64 byte_len,
                                u32 chunk_size = 4096) {
    TestDataset dataset;
    dataset.registrant = owner.id;
    dataset.seed_nonce = world.nonce();
    dataset.byte_len = byte_len;
    dataset.chunk_size = chunk_size;
    const Hash seed = owner.secret.dataset_seed(dataset.seed_nonce);
    for (u64 i = 0; i < fx1::chunk_count(byte_len, chunk_size); ++i) {
        const Hash salt = fx1::salt(seed, i);
        Bytes record(salt.begin(), salt.end());
        for (std::size_t b = 0; b < fx1::chunk_bytes(i, byte_len, chunk_size); ++b)
            record.push_back(static_cast<u8>(b * 31 + i * 7 + dataset.seed_nonce[0]));
        dataset.leaves.push_back(fx1::data_leaf(owner.id.bytes, i, record));
        dataset.records.push_back(std::move(record));
    }
    dataset.root = crypto::merkle::root(dataset.leaves);
    return dataset;
}

inline PublishListing make_listing(MarketWorld& world, const DatasetId& dataset,
                                   const Pricing& pricing) {
    PublishListing operation;
    operation.nonce = world.nonce();
    operation.kind = static_cast<u8>(ListingKind::dataset);
    operation.dataset = dataset;
    operation.pricing = pricing;
    operation.licence.bits = licence_use | licence_commercial;
    operation.mode = 1;
    operation.audience = PublicAudience{};
    operation.category = 7;
    operation.sample = 1;
    operation.description = world.documents.text("a description");
    return operation;
}

// Registers and lists a dataset; the listing is the seller's.
struct Offer {
    TestDataset dataset;
    ListingId listing;
    u64 supply = 0;
    u8 tax_rule = 1;
};
inline Offer make_offer(MarketWorld& world, const Member& owner, u64 supply,
                        u64 byte_len = 3 * 4096 + 5) {
    Offer offer{make_dataset(world, owner, byte_len), {}, supply, 1};
    const auto registered = world.run(owner, offer.dataset.registration());
    const PublishListing listing =
        make_listing(world, offer.dataset.id(),
                     supply == 0 ? Pricing(FreePrice{}) : Pricing(FixedPrice{supply, 1}));
    const auto published = world.run(owner, listing);
    if (registered != 0 || published != 0) world.faults.push_back("offer refused");
    offer.listing = listing_id(world.chain, owner.id, listing.nonce);
    return offer;
}

struct TestTrade {
    TestTrade(MarketWorld& in, const Member& from, const Member& by, const Offer& of,
              u64 voucher = 0, std::optional<VoucherId> voucher_id = std::nullopt)
        : world(in), seller(from), buyer(by), offer(of) {
        place.nonce = world.nonce();
        place.listing = offer.listing;
        place.listing_version = 1;
        place.supply = offer.supply;
        place.tax = offer.supply / 10;
        place.voucher = voucher;
        place.voucher_id = voucher_id;
        place.own = place.supply + place.tax - voucher;
        place.prekey_id = seller.prekey_id;
        id = order_id(world.chain, buyer.id, place.nonce);
        const auto e_b = fx1::buyer_secret(buyer.secret.delivery_secret(), id.bytes);
        place.e_b = crypto::exchange_public(e_b);
        t = fx1::mask(e_b, crypto::exchange_public(seller.prekey), place.e_b,
                      crypto::exchange_public(seller.prekey), id.bytes, 0)
                .value();
        place.t = {crypto::mul_base(*t)->bytes()};
        key = fx1::order_key(seller.secret.delivery_secret(), id.bytes, place.e_b, 0, 0);
        y = crypto::mul_base(*key)->bytes();
    }

    // Encrypts for this order; `bad` is the chunk in which one bit is flipped before encryption.
    void encrypt(std::optional<u64> bad = std::nullopt) {
        const Hash context = fx1::context(world.chain.bytes, id.bytes, offer.dataset.id().bytes,
                                          offer.dataset.root, y);
        ciphertext = offer.dataset.records;
        ct_leaves.clear();
        for (u64 i = 0; i < ciphertext.size(); ++i) {
            if (bad == i) ciphertext[i].back() ^= 1;
            const Bytes input = fx1::chunk_input(context, i);
            fx1::crypt(fx1::chunk_key(input, fx1::chunk_point(*key, input).bytes()), ciphertext[i]);
            ct_leaves.push_back(fx1::ciphertext_leaf(i, ciphertext[i]));
        }
        ct_root = crypto::merkle::root(ct_leaves);
    }

    AcceptOrder accept() const { return {id, y, ct_root, world.node.id}; }
    LockOrder lock() const { return {id, y, ct_root}; }
    PostKey post_key() const { return {id, crypto::add(*key, *t).bytes()}; }
    ConfirmOrder confirm() const { return {id}; }
    ProveBadChunk prove(u64 index) const {
        const fx1::Deal deal{world.chain.bytes,
                             id.bytes,
                             offer.dataset.id().bytes,
                             offer.dataset.registrant.bytes,
                             offer.dataset.root,
                             offer.dataset.leaves.size(),
                             y,
                             ct_root};
        const fx1::BadChunk claim =
            fx1::prove_bad_chunk(deal, *key, index, offer.dataset.leaves, ct_leaves);
        ProveBadChunk operation;
        operation.order = id;
        operation.i = index;
        operation.p = claim.p;
        operation.c = claim.proof.c;
        operation.s = claim.proof.s;
        operation.leaf = claim.leaf;
        operation.path_ct = claim.path_ct;
        operation.path_data = claim.path_data;
        operation.chunk = world.documents.add(
            {named_hash("salt of a proof"), "application/octet-stream", ciphertext[index]},
            ledger::DocumentClass::evidence);
        return operation;
    }

    // Walks to a state through the real operations; false if one was refused.
    bool to(OrderState state, std::optional<u64> bad = std::nullopt) {
        if (world.run(buyer, place) != 0) return false;
        if (state == OrderState::placed) return true;
        encrypt(bad);
        if (world.run(seller, accept(), Purpose::deliver) != 0) return false;
        if (state == OrderState::accepted) return true;
        if (world.run(buyer, lock(), Purpose::deliver) != 0) return false;
        if (state == OrderState::locked) return true;
        if (world.run(seller, post_key(), Purpose::deliver) != 0) return false;
        if (state == OrderState::keyed) return true;
        return world.run(buyer, confirm(), Purpose::deliver) == 0;
    }
    OrderState state() const { return world.order(id).state; }

    MarketWorld& world;
    const Member& seller;
    const Member& buyer;
    Offer offer;
    PlaceOrder place;
    OrderId id;
    std::optional<crypto::Scalar> t;
    std::optional<crypto::Scalar> key;
    PointBytes y{};
    std::vector<Bytes> ciphertext;
    std::vector<Hash> ct_leaves;
    Hash ct_root{};
};

}  // namespace jangbu::test
