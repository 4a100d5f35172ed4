#include "benches/validation/traffic.h"

#include "crypto/ristretto.h"

namespace jangbu::bench {
namespace {

constexpr u64 hour_ms = 3'600'000;
constexpr std::size_t at_once = 32;

template <class Task>
void in_parts(base::WorkerPool& pool, std::size_t count, const Task& task) {
    pool.run((count + at_once - 1) / at_once, [&](std::size_t part) {
        for (std::size_t i = part * at_once; i < std::min(count, (part + 1) * at_once); ++i)
            task(i);
    });
}

crypto::Scalar scalar_of(std::string_view what, u64 number, const Hash& seed) {
    return crypto::hash_to_scalar({as_bytes(what), le64(number), seed});
}

}  // namespace

void Traffic::add(const Townsman& by, bool by_deliver_key, Operation operation) {
    plans_.push_back({&by, by_deliver_key, std::move(operation)});
}

// Both ends of one order, as the clients make them; masks and keys are drawn instead of derived.
void Traffic::fill_deal(Deal& deal, u64 number) {
    const Hash seed = Random(number).bytes<32>();
    const crypto::Scalar t = scalar_of("t", number, seed);
    const crypto::Scalar k = scalar_of("k", number, seed);
    deal.place.e_b = crypto::exchange_public(crypto::ExchangeSecret(seed));
    deal.place.t = {crypto::mul_base(t)->bytes()};
    deal.y = crypto::mul_base(k)->bytes();
    deal.m = crypto::add(k, t).bytes();
    deal.ct_root = Random(number + 1).bytes<32>();
}

void Traffic::place(u64 count) {
    std::vector<Deal>& deals = in_flight_.emplace_back(count);
    for (u64 i = 0; i < count; ++i) {
        Deal& deal = deals[i];
        const TownListing& listing = town_.listings[random_.below(town_.listings.size())];
        const u64 all = town_.members.size();
        deal.seller = listing.owner;
        deal.buyer = static_cast<u32>((listing.owner + 1 + random_.below(all - 1)) % all);
        const Townsman& buyer = town_.members[deal.buyer];
        PlaceOrder& place = deal.place;
        place.nonce = random_.bytes<16>();
        deal.id = order_id(chain_, buyer.id, place.nonce);
        place.listing = listing.id;
        place.listing_version = 1;
        place.supply = Town::price;
        place.tax = Town::price / 10;
        place.prekey_id = town_.members[listing.owner].prekey_id;
        if (i / 2 % 2 == 0) {  // so that the half that goes on has as many
            place.voucher = Town::price / 4;
            const u64 held = town_.vouchers.size() / all;
            place.voucher_id = town_.vouchers[deal.buyer + all * random_.below(held)];
        }
        place.own = place.supply + place.tax - place.voucher;
    }
    in_parts(pool_, count, [&](std::size_t i) { fill_deal(deals[i], height_ << 32 | i); });
    for (const Deal& deal : deals) add(town_.members[deal.buyer], false, deal.place);
    for (u64 i = 0; i < count / 2; ++i) deals[i] = std::move(deals[2 * i]);  // the other half stays
    deals.resize(count / 2);
}

void Traffic::move_on() {
    const std::size_t newest = in_flight_.size();
    const auto each = [&](std::size_t age, auto step) {
        if (newest <= age) return;
        for (const Deal& deal : in_flight_[newest - 1 - age])
            step(deal, town_.members[deal.buyer], town_.members[deal.seller]);
    };
    each(1, [&](const Deal& d, const Townsman&, const Townsman& seller) {
        add(seller, true, AcceptOrder{d.id, d.y, d.ct_root, town_.node.id});
    });
    each(2, [&](const Deal& d, const Townsman& buyer, const Townsman&) {
        add(buyer, true, LockOrder{d.id, d.y, d.ct_root});
    });
    each(3, [&](const Deal& d, const Townsman&, const Townsman& seller) {
        add(seller, true, PostKey{d.id, d.m});
    });
    each(4, [&](const Deal& d, const Townsman& buyer, const Townsman&) {
        add(buyer, true, ConfirmOrder{d.id});
    });
    if (newest > Traffic::warm_up_blocks) in_flight_.erase(in_flight_.begin());
}

void Traffic::others(MadeBlock& block) {
    const u64 all = town_.members.size();
    for (u64 i = 0; i < per_block_ * 3 / 100 && !registered_.empty(); ++i) {
        const auto [owner, dataset] = registered_[i];
        PublishListing listing;
        listing.nonce = random_.bytes<16>();
        listing.kind = static_cast<u8>(ListingKind::dataset);
        listing.dataset = dataset;
        listing.pricing = FixedPrice{Town::price, 1};
        listing.licence.bits = licence_use | licence_commercial;
        listing.mode = 1;
        listing.audience = PublicAudience{};
        listing.category = 7;
        listing.sample = 1;
        block.documents.push_back({random_.bytes<32>(), "text/plain", Bytes(240, 'd')});
        listing.description =
            ledger::document_ref(block.documents.back(), ledger::DocumentClass::public_);
        add(town_.members[owner], false, listing);
    }
    registered_.clear();
    for (u64 i = 0; i < per_block_ * 5 / 100; ++i) {
        const u64 owner = random_.below(all);
        RegisterDataset dataset;
        dataset.seed_nonce = random_.bytes<16>();
        dataset.data_root = random_.bytes<32>();
        dataset.byte_len = 1 + random_.below(100 << 20);
        dataset.chunk_size = 16'384;
        dataset.origin = static_cast<u8>(Origin::collected);
        dataset.schema_hash = random_.bytes<32>();
        registered_.emplace_back(static_cast<u32>(owner),
                                 dataset_id(town_.members[owner].id, dataset.data_root));
        add(town_.members[owner], false, dataset);
    }
    for (u64 i = 0; i < per_block_ / 100; ++i) {
        const OrgId& depositor = town_.members[random_.below(all)].id;
        add(town_.agent, false, MintCredits{depositor, Town::price, random_.bytes<32>()});
        IssueVoucher voucher;
        voucher.nonce = random_.bytes<16>();
        voucher.programme = town_.programmes[random_.below(town_.programmes.size())];
        voucher.holder = town_.members[random_.below(all)].id;
        voucher.amount = Town::price;
        voucher.expiry_ms = Town::genesis_ms + 30ull * 24 * hour_ms;
        voucher.purpose_tag = random_.bytes<32>();
        add(town_.agency, false, voucher);
    }
}

void Traffic::sign(MadeBlock& block) {
    for (std::size_t i = plans_.size(); i > 1; --i)
        std::swap(plans_[i - 1], plans_[random_.below(i)]);
    block.transactions.resize(plans_.size());
    in_parts(pool_, plans_.size(), [&](std::size_t i) {
        const Plan& plan = plans_[i];
        const crypto::SigningKey& key = plan.by_deliver_key ? plan.by->deliver : plan.by->transact;
        ledger::Body body;
        std::copy_n(chain_.bytes.begin(), body.chain.size(), body.chain.begin());
        body.author = key.public_key();
        body.valid_from_ms = Town::genesis_ms;
        body.valid_for_ms = hour_ms;
        body.salt = le64(height_ << 32 | i);
        body.operation = encode(plan.operation);
        block.transactions[i] = ledger::sign(body, chain_, key);
    });
    plans_.clear();
}

MadeBlock Traffic::next() {
    MadeBlock block;
    ++height_;
    place(per_block_ * 30 / 100);
    move_on();
    others(block);
    sign(block);
    return block;
}

}  // namespace jangbu::bench
