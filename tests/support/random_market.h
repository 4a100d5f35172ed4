// RandomMarket: a random but reproducible history over every operation, with wrong moves among the
// right ones.
//
// Everything follows from the seed: the same seed gives the same blocks, so two builds must reach
// the same roots. The generator is its own (SplitMix64): standard distributions differ between
// libraries.
#pragma once

#include <memory>

#include "tests/support/market_invariants.h"
#include "tests/support/test_trade.h"

namespace jangbu::test {

class SplitMix {
public:
    explicit SplitMix(u64 seed) : state_(seed) {}
    u64 next() {
        u64 z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    u64 below(u64 bound) { return next() % bound; }
    bool one_in(u64 bound) { return below(bound) == 0; }
    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[below(from.size())];
    }
    template <class T>
    const T& pick_recent(const std::vector<T>& from, std::size_t last) {
        return from[from.size() - 1 - below(std::min(from.size(), last))];
    }

private:
    u64 state_;
};

class RandomMarket {
public:
    explicit RandomMarket(u64 seed) : random_(seed) {
        world.mint(world.agency, 200'000'000);
        for (const Member* member : buyers_) world.mint(*member, 20'000'000);
        for (const Member* member : sellers_) world.mint(*member, 2'000'000);
        world.set_parameter(ledger::parameters::expiries_per_block_max, 3);
        world.set_parameter(parameters::strikes_max, 40);  // three would end the history early
        publish();
        programme();
    }

    // One operation, or a wait. Counts verdicts.
    void step() {
        switch (random_.below(20)) {
            case 0:
                return fund_or_open();
            case 1:
                return issue();
            case 2:
                return random_.one_in(3) ? publish() : mint();
            case 3:
                return keys();
            case 4:
                return random_.one_in(20) ? programme() : wait();
            case 5:
            case 6:
            case 7:
                return place();
            default:
                return move();
        }
    }

    MarketWorld world;
    std::map<std::string, u64> verdicts;      // "PlaceOrder Ok" and so on
    std::map<OrderState, u64> ends() const {  // how many orders are in each state
        std::map<OrderState, u64> found;
        for (const auto& trade : trades_) ++found[trade->state()];
        return found;
    }

private:
    bool run(const Member& by, const Operation& operation, Purpose purpose = Purpose::transact) {
        const auto code = world.run(by, operation, purpose, 1 + random_.below(20'000));
        ++verdicts[std::string(operation_name(operation)) + " " +
                   (code == 0 ? "Ok" : rejection_name(code))];
        return code == ledger::accepted;
    }
    Nonce nonce() { return random_.one_in(200) ? Nonce{} : world.nonce(); }

    void mint() {
        MintCredits operation;
        operation.depositor =
            (random_.one_in(2) ? random_.pick(buyers_) : random_.pick(sellers_))->id;
        operation.amount = random_.one_in(20) ? 1'000'000'001 : random_.below(3'000'000);
        operation.bank_ref = named_hash("bank " + std::to_string(random_.below(1'000'000)));
        run(random_.one_in(20) ? world.buyer : world.agent, operation);
    }
    void programme() {
        CreateProgramme create = world.programme_terms();
        create.nonce = nonce();
        create.terms.budget_max = 20'000'000 + random_.below(20'000'000);
        create.terms.cap_order = 1'500'000;
        create.terms.cap_company = 6'000'000;
        create.terms.cap_group = 9'000'000;
        create.terms.cap_pair = 5'000'000;
        if (run(world.agency, create))
            programmes_.push_back(programme_id(world.chain, world.agency.id, create.nonce));
        run(world.agency, FundProgramme{programmes_.back(), 10'000'000});
        run(world.agency, OpenProgramme{programmes_.back()});
    }
    // Every draw is a statement of its own: the order in which arguments are evaluated differs
    // between compilers.
    void fund_or_open() {
        const ProgrammeId id = random_.pick(programmes_);
        if (random_.one_in(5))
            return void(run(random_.one_in(2) ? world.agency : world.rival, OpenProgramme{id}));
        const Member& funder = random_.one_in(10) ? world.buyer : world.agency;
        const u64 amount = random_.below(3'000'000);
        run(funder, FundProgramme{id, amount});
    }
    void issue() {
        IssueVoucher operation;
        operation.nonce = nonce();
        operation.programme = random_.pick(programmes_);
        operation.holder = random_.one_in(10) ? world.outsider.id : random_.pick(buyers_)->id;
        operation.amount = random_.below(3'000'000);
        operation.expiry_ms = world.block.time_ms + 86'400'000 * (1 + random_.below(60));
        operation.purpose_tag = named_hash("purpose " + std::to_string(random_.below(2'000)));
        const Member& by = random_.one_in(20) ? world.buyer : world.agency;
        if (run(by, operation))
            vouchers_.push_back(voucher_id(world.chain, by.id, operation.nonce));
    }
    void publish() {
        static constexpr u64 prices[] = {0, 1'000, 999'999, 1'000'000, 1'000'003, 1'777'777};
        const Member& owner = *random_.pick(sellers_);
        Offer offer{make_dataset(world, owner, 1 + random_.below(2 * 4096)),
                    {},
                    prices[random_.below(6)],
                    1};
        run(owner, offer.dataset.registration());
        const PublishListing listing = make_listing(
            world, offer.dataset.id(),
            offer.supply == 0 ? Pricing(FreePrice{}) : Pricing(FixedPrice{offer.supply, 1}));
        if (!run(random_.one_in(20) ? world.buyer : owner, listing)) return;
        offer.listing = listing_id(world.chain, owner.id, listing.nonce);
        offers_.emplace_back(&owner, std::move(offer));
    }
    void keys() {
        const Member& member = *random_.pick(buyers_);
        AddKey operation;
        operation.kind = static_cast<u8>(crypto::KeyKind::ed25519);
        operation.purpose = static_cast<u8>(Purpose::deliver);
        const crypto::SigningKey key =
            member.secret.signing_key(Purpose::deliver, static_cast<u32>(1 + random_.below(30)));
        operation.bytes = key.public_key().bytes;
        const ledger::KeyId id =
            ledger::key_id(member.id, crypto::KeyKind::ed25519, Purpose::deliver, operation.bytes);
        if (random_.one_in(3)) {
            run(member, RevokeKey{random_.one_in(10) ? member.transact_id : id});
        } else {
            if (!random_.one_in(10))
                operation.possession = key.sign(crypto::domain::possession, id.bytes);
            run(member, operation);
        }
    }
    void wait() {
        static constexpr u64 hours[] = {1, 1, 2, 5, 24, 73};
        world.wait(3'600'000 * hours[random_.below(6)]);
        ++verdicts["wait"];
    }

    void place() {
        const auto& [owner, offer] = random_.pick_recent(offers_, 8);
        const Member& buyer = random_.one_in(15) ? *owner : *random_.pick(buyers_);
        std::optional<VoucherId> voucher;
        u64 v = 0;
        if (offer.supply > 0 && !vouchers_.empty() && !random_.one_in(3)) {
            voucher = random_.pick_recent(vouchers_, 10);
            // Its holder, mostly, so that vouchers are used; any price share up to just above what
            // is allowed.
            v = 1 + random_.below(offer.supply * 72 / 100);
        }
        const Member* by = &buyer;
        if (voucher && !random_.one_in(5))
            for (const Member* member : buyers_)
                if (find_voucher(world.state, *voucher)->holder == member->id) by = member;
        auto trade = std::make_unique<TestTrade>(world, *owner, *by, offer, v, voucher);
        if (random_.one_in(25)) ++trade->place.own;
        if (random_.one_in(25)) trade->place.prekey_id = world.node.prekey_id;
        if (random_.one_in(25)) trade->place.listing_version = 2;
        if (run(*by, trade->place)) trades_.push_back(std::move(trade));
    }

    // Something about a recent order: mostly the next step, sometimes anything by anybody.
    void move() {
        if (trades_.empty()) return place();
        TestTrade& trade = pick_trade();
        if (is_terminal(trade.state()) && !random_.one_in(8)) return place();
        if (trade.ciphertext.empty())
            trade.encrypt(random_.one_in(4)
                              ? std::optional(random_.below(trade.offer.dataset.records.size()))
                              : std::nullopt);
        const bool right = !random_.one_in(8);
        const Purpose purpose = random_.one_in(2) ? Purpose::deliver : Purpose::transact;
        const u64 act = right ? next_act(trade) : random_.below(7);
        const bool by_seller = act == 0 || act == 1 || act == 4;
        const Member& by = (by_seller == !random_.one_in(20)) ? trade.seller : trade.buyer;
        run(by, operation_of(act, trade), purpose);
    }
    // A recent one, and open if one of a few tries is.
    TestTrade& pick_trade() {
        const std::size_t recent = std::min<std::size_t>(trades_.size(), 12);
        const int tries = random_.one_in(10) ? 1 : 6;
        TestTrade* trade = nullptr;
        for (int i = 0; i < tries; ++i) {
            trade = trades_[trades_.size() - 1 - random_.below(recent)].get();
            if (!is_terminal(trade->state())) break;
        }
        return *trade;
    }
    u64 next_act(const TestTrade& trade) {
        switch (trade.state()) {
            case OrderState::placed:
                return random_.one_in(5) ? 1 + random_.below(2) : 0;
            case OrderState::accepted:
                return random_.one_in(6) ? 2 : 3;
            case OrderState::locked:
                return 4;
            case OrderState::keyed:
                return random_.one_in(2) ? 5 : 6;
            default:
                return random_.below(7);
        }
    }
    Operation operation_of(u64 act, const TestTrade& trade) {
        const u16 reason = static_cast<u16>(random_.below(5));
        switch (act) {
            case 0:
                return trade.accept();
            case 1:
                return RejectOrder{trade.id, reason};
            case 2:
                return DeclineOrder{trade.id, reason};
            case 3:
                return trade.lock();
            case 4:
                return trade.post_key();
            case 5:
                return trade.confirm();
            default:
                return trade.prove(random_.below(trade.offer.dataset.records.size()));
        }
    }

    SplitMix random_;
    std::vector<const Member*> buyers_{&world.buyer, &world.sibling, &world.rival};
    std::vector<const Member*> sellers_{&world.seller, &world.rival, &world.outsider};
    std::vector<std::pair<const Member*, Offer>> offers_;
    std::vector<ProgrammeId> programmes_;
    std::vector<VoucherId> vouchers_;
    std::vector<std::unique_ptr<TestTrade>> trades_;
};

}  // namespace jangbu::test
