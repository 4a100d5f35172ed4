// One row for every Rejection that an operation on an order can give, and which of two wins.
#include <doctest/doctest.h>

#include <functional>

#include "tests/support/refusals.h"
#include "tests/support/test_trade.h"

namespace jangbu::test {
namespace {

using market::parameters::hour_ms;
const PointBytes identity{};
PointBytes all_ones() {
    PointBytes bytes;
    bytes.fill(0xff);
    return bytes;
}

// An order that walked to a state, and the operation that is next.
struct Scenario {
    MarketWorld world;
    std::optional<TestTrade> trade;
    const Member* by = nullptr;

    explicit Scenario(std::optional<OrderState> state, std::optional<u64> bad = std::nullopt) {
        world.mint(world.buyer, 100'000'000);
        world.mint(world.seller, 10'000'000);
        trade.emplace(world, world.seller, world.buyer, make_offer(world, world.seller, 2'000'000));
        if (state) REQUIRE(trade->to(*state, bad));
        if (trade->ciphertext.empty()) trade->encrypt();
    }
    void change_order(const std::function<void(OrderPublic&)>& change) {
        amend<OrderPublic>(world, order_public_key(trade->id), change);
    }
    // Its deadline has passed and its expiry waits.
    void let_it_wait() {
        world.set_parameter(ledger::parameters::expiries_per_block_max, 0);
        world.wait(200 * hour_ms);
    }
    void hold() {
        change_order(
            [&](OrderPublic& order) { order.held_until = world.block.market_time_ms + hour_ms; });
    }
    void leave_unfunded() {
        amend<OrderMoney>(world, order_money_key(trade->id), [](OrderMoney& money) {
            money.voucher = 1;  // refused in review: no voucher_id
            money.own -= 1;
        });
    }
    void set_state(OrderState state) {
        change_order([&](OrderPublic& order) { order.state = state; });
    }
};

template <class F>
constexpr Refusal<F> unknown{"unknown order", Rejection::not_found,
                             [](F& f) { f.operation.order = OrderId(named_hash("nobody")); }};
template <class F>
constexpr Refusal<F> late{"after the deadline", Rejection::too_late, [](F& f) { f.let_it_wait(); }};
template <class F>
constexpr Refusal<F> held{"while held", Rejection::held, [](F& f) { f.hold(); }};
template <class F>
constexpr Refusal<F> stranger{"by an outsider", Rejection::not_allowed,
                              [](F& f) { f.by = &f.world.outsider; }};
template <class F>
constexpr Refusal<F> by_seller{"by the seller", Rejection::not_allowed,
                               [](F& f) { f.by = &f.world.seller; }};
template <class F>
constexpr Refusal<F> by_buyer{"by the buyer", Rejection::not_allowed,
                              [](F& f) { f.by = &f.world.buyer; }};
template <class F>
constexpr Refusal<F> ended{"after the end", Rejection::wrong_state,
                           [](F& f) { f.set_state(OrderState::cancelled); }};
// Which wins: state, then party, then deadline, then hold, then the row's own guard.
template <class F>
constexpr Refusal<F> state_before_party{"wrong state and wrong party", Rejection::wrong_state,
                                        [](F& f) {
                                            f.set_state(OrderState::settled);
                                            f.by = &f.world.outsider;
                                        }};
template <class F>
constexpr Refusal<F> party_before_deadline{"wrong party and late", Rejection::not_allowed,
                                           [](F& f) {
                                               f.let_it_wait();
                                               f.by = &f.world.outsider;
                                           }};
template <class F>
constexpr Refusal<F> deadline_before_hold{"late and held", Rejection::too_late, [](F& f) {
                                              f.let_it_wait();
                                              f.hold();
                                          }};

struct Placing : Scenario {
    PlaceOrder operation;
    Placing() : Scenario(std::nullopt), operation(trade->place) { by = &world.buyer; }
    Listing listing() const { return find_listing(world.state, operation.listing).value(); }
    void change_listing(const std::function<void(Listing&)>& change) {
        amend<Listing>(world, listing_version_key(operation.listing, 1), change);
    }
};
struct Accepting : Scenario {
    AcceptOrder operation;
    Accepting() : Scenario(OrderState::placed), operation(trade->accept()) { by = &world.seller; }
};
struct Rejecting : Scenario {
    RejectOrder operation;
    Rejecting() : Scenario(OrderState::placed), operation{trade->id, 1} { by = &world.seller; }
};
struct Declining : Scenario {
    DeclineOrder operation;
    Declining() : Scenario(OrderState::accepted), operation{trade->id, 1} { by = &world.buyer; }
};
struct Locking : Scenario {
    LockOrder operation;
    Locking() : Scenario(OrderState::accepted), operation(trade->lock()) { by = &world.buyer; }
};
struct Posting_ : Scenario {
    PostKey operation;
    Posting_() : Scenario(OrderState::locked), operation(trade->post_key()) { by = &world.seller; }
};
struct Confirming : Scenario {
    ConfirmOrder operation;
    Confirming() : Scenario(OrderState::keyed), operation(trade->confirm()) { by = &world.buyer; }
};
struct Proving : Scenario {
    ProveBadChunk operation;
    Proving() : Scenario(OrderState::keyed, 1), operation(trade->prove(1)) { by = &world.buyer; }
};

template <class F>
std::vector<Refusal<F>> with_common(const Refusal<F>& other_party, std::vector<Refusal<F>> rows) {
    for (const Refusal<F>& row :
         {unknown<F>, ended<F>, stranger<F>, other_party, late<F>, held<F>, state_before_party<F>,
          party_before_deadline<F>, deadline_before_hold<F>})
        rows.push_back(row);
    return rows;
}

ScalarBytes plus_order(const ScalarBytes& scalar) {  // m + L, little-endian
    static constexpr u8 order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                     0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                     0,    0,    0,    0,    0,    0,    0,    0,
                                     0,    0,    0,    0,    0,    0,    0,    0x10};
    ScalarBytes sum{};
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        carry += static_cast<unsigned>(scalar[i]) + order[i];
        sum[i] = static_cast<u8>(carry);
        carry >>= 8;
    }
    return sum;
}

}  // namespace

TEST_CASE("PlaceOrder: every refusal") {
    using F = Placing;
    const std::vector<Refusal<F>> rows = {
        {"the id is used", Rejection::id_taken,
         [](F& f) {
             f.world.run(f.world.buyer, f.operation);
             f.operation.supply = 1;  // IdTaken comes first
         }},
        {"no such listing", Rejection::not_found,
         [](F& f) { f.operation.listing = ListingId(named_hash("nothing")); }},
        {"withdrawn", Rejection::listing_closed,
         [](F& f) { f.change_listing([](Listing& l) { l.state = ListingState::withdrawn; }); }},
        {"a service", Rejection::not_yet_enabled,
         [](F& f) { f.change_listing([](Listing& l) { l.kind = ListingKind::service; }); }},
        {"another version", Rejection::listing_version_changed,
         [](F& f) { f.operation.listing_version = 2; }},
        {"with a quote", Rejection::not_yet_enabled, [](F& f) { f.operation.quote.emplace(); }},
        {"as work", Rejection::not_yet_enabled, [](F& f) { f.operation.work.emplace(); }},
        {"priced by quote", Rejection::not_yet_enabled,
         [](F& f) { f.change_listing([](Listing& l) { l.pricing = QuoteOnlyPrice{1}; }); }},
        {"priced by period", Rejection::not_yet_enabled,
         [](F& f) {
             f.change_listing([](Listing& l) { l.pricing = PerPeriodPrice{1, 1, 1'000, 2}; });
         }},
        {"a lower price", Rejection::price_changed, [](F& f) { --f.operation.supply; }},
        {"a higher price", Rejection::price_changed, [](F& f) { ++f.operation.supply; }},
        {"less tax", Rejection::tax_mismatch, [](F& f) { --f.operation.tax; }},
        {"tax of an exempt sale", Rejection::tax_mismatch,
         [](F& f) { f.change_listing([](Listing& l) { l.pricing = FixedPrice{2'000'000, 0}; }); }},
        {"tax of a zero-rated sale", Rejection::tax_mismatch,
         [](F& f) { f.change_listing([](Listing& l) { l.pricing = FixedPrice{2'000'000, 2}; }); }},
        {"suspended dataset", Rejection::dataset_suspended,
         [](F& f) {
             amend<Dataset>(f.world, dataset_key(f.trade->offer.dataset.id()),
                            [](Dataset& d) { d.state = DatasetState::suspended; });
         }},
        {"not in the audience", Rejection::not_in_audience,
         [](F& f) {
             f.change_listing(
                 [&](Listing& l) { l.audience = InvitedAudience{{f.world.buyer.id}}; });
         }},
        {"one's own product", Rejection::own_product,
         [](F& f) {
             f.by = &f.world.seller;
             suspend(f.world, f.world.seller);  // OwnProduct comes first
         }},
        {"suspended buyer", Rejection::suspended, [](F& f) { suspend(f.world, f.world.buyer); }},
        {"suspended seller", Rejection::suspended, [](F& f) { suspend(f.world, f.world.seller); }},
        {"seller with three strikes", Rejection::suspended,
         [](F& f) {
             amend<Account>(f.world, account_key(f.world.seller.id),
                            [](Account& a) { a.strikes = 3; });
         }},
        {"own money above the bound", Rejection::bad_amount,
         [](F& f) { f.operation.own = 1'000'000'000'000'001; }},
        {"own money that would wrap", Rejection::bad_amount,
         [](F& f) { f.operation.own = ~u64{0}; }},
        {"less than the price", Rejection::sum_mismatch, [](F& f) { --f.operation.own; }},
        {"more than the price", Rejection::sum_mismatch, [](F& f) { ++f.operation.own; }},
        {"voucher money for the tax", Rejection::bad_amount,
         [](F& f) {
             f.operation.own -= 2'000'001;
             f.operation.voucher = 2'000'001;
         }},
        {"too little money", Rejection::insufficient_credits,
         [](F& f) {
             amend<Account>(f.world, account_key(f.world.buyer.id),
                            [](Account& a) { a.available = 2'199'999; });
         }},
        {"voucher money without a voucher", Rejection::bad_field,
         [](F& f) {
             --f.operation.own;
             ++f.operation.voucher;
         }},
        {"a voucher without voucher money", Rejection::bad_field,
         [](F& f) { f.operation.voucher_id = VoucherId(named_hash("voucher")); }},
        {"an unknown voucher", Rejection::not_found,
         [](F& f) {
             --f.operation.own;
             ++f.operation.voucher;
             f.operation.voucher_id = VoucherId(named_hash("voucher"));
         }},
        {"no such prekey", Rejection::prekey_invalid,
         [](F& f) { f.operation.prekey_id = ledger::KeyId(named_hash("key")); }},
        {"another's prekey", Rejection::prekey_invalid,
         [](F& f) { f.operation.prekey_id = f.world.rival.prekey_id; }},
        {"a signing key as prekey", Rejection::prekey_invalid,
         [](F& f) { f.operation.prekey_id = f.world.seller.transact_id; }},
        {"a revoked prekey", Rejection::prekey_invalid,
         [](F& f) {
             amend<ledger::Key>(
                 f.world, ledger::state_key(ledger::Table::key, f.operation.prekey_id.view()),
                 [&](ledger::Key& key) { key.revoked_at_height = f.world.block.height; });
         }},
        {"an expired prekey", Rejection::prekey_invalid,
         [](F& f) {
             amend<ledger::Key>(
                 f.world, ledger::state_key(ledger::Table::key, f.operation.prekey_id.view()),
                 [&](ledger::Key& key) { key.valid_until_ms = f.world.block.time_ms; });
         }},
        {"E_b of low order", Rejection::point_invalid, [](F& f) { f.operation.e_b = {}; }},
        {"E_b not canonical", Rejection::point_invalid,
         [](F& f) { f.operation.e_b = crypto::ExchangeKey(all_ones()); }},
        {"T the identity", Rejection::point_invalid, [](F& f) { f.operation.t = {identity}; }},
        {"T not a point", Rejection::point_invalid, [](F& f) { f.operation.t = {all_ones()}; }},
        {"a second T not a point", Rejection::point_invalid,
         [](F& f) { f.operation.t.push_back(all_ones()); }},
        {"two T for one order", Rejection::bad_field,
         [](F& f) { f.operation.t.push_back(f.operation.t.front()); }},
        {"too many unlocked orders", Rejection::too_many_unlocked,
         [](F& f) {
             amend<Account>(f.world, account_key(f.world.buyer.id),
                            [](Account& a) { a.unlocked_orders = 10; });
         }},
    };
    check_refusals<F>(rows);
}

TEST_CASE("AcceptOrder: every refusal") {
    using F = Accepting;
    check_refusals<F>(with_common<F>(
        by_buyer<F>,
        {{"unfunded", Rejection::unfunded,
          [](F& f) {
              f.leave_unfunded();
              f.operation.y = identity;  // Unfunded comes first
          }},
         {"Y the identity", Rejection::point_invalid, [](F& f) { f.operation.y = identity; }},
         {"Y not canonical", Rejection::point_invalid, [](F& f) { f.operation.y = all_ones(); }},
         {"no such store", Rejection::not_found,
          [](F& f) { f.operation.store_org = OrgId(named_hash("nobody")); }},
         {"not a store", Rejection::not_allowed,
          [](F& f) { f.operation.store_org = f.world.rival.id; }},
         {"no money for the bond", Rejection::insufficient_credits,
          [](F& f) {
              amend<Account>(f.world, account_key(f.world.seller.id),
                             [](Account& a) { a.available = 99'999; });
          }},
         {"accepted already", Rejection::wrong_state,
          [](F& f) { f.world.run(f.world.seller, f.trade->accept()); }}}));
}

TEST_CASE("RejectOrder: every refusal") {
    using F = Rejecting;
    check_refusals<F>(with_common<F>(
        by_buyer<F>, {{"accepted already", Rejection::wrong_state,
                       [](F& f) { f.world.run(f.world.seller, f.trade->accept()); }}}));
}

TEST_CASE("DeclineOrder: every refusal") {
    using F = Declining;
    check_refusals<F>(with_common<F>(
        by_seller<F>, {{"locked already", Rejection::wrong_state,
                        [](F& f) { f.world.run(f.world.buyer, f.trade->lock()); }}}));
}

TEST_CASE("LockOrder: every refusal") {
    using F = Locking;
    check_refusals<F>(with_common<F>(
        by_seller<F>, {{"another Y", Rejection::echo_mismatch, [](F& f) { f.operation.y[0] ^= 1; }},
                       {"another ct_root", Rejection::echo_mismatch,
                        [](F& f) {
                            f.operation.ct_root[0] ^= 1;
                            f.leave_unfunded();  // EchoMismatch comes first
                        }},
                       {"unfunded", Rejection::unfunded, [](F& f) { f.leave_unfunded(); }}}));
}

TEST_CASE("PostKey: every refusal") {
    using F = Posting_;
    check_refusals<F>(with_common<F>(
        by_buyer<F>,
        {{"m = 0", Rejection::scalar_invalid, [](F& f) { f.operation.m = {}; }},
         {"m + L", Rejection::scalar_invalid,
          [](F& f) { f.operation.m = plus_order(f.operation.m); }},
         {"bit 255 set", Rejection::scalar_invalid, [](F& f) { f.operation.m[31] |= 0x80; }},
         {"K instead of m", Rejection::key_mismatch,
          [](F& f) { f.operation.m = f.trade->key->bytes(); }},
         {"m of another order", Rejection::key_mismatch, [](F& f) {
              TestTrade other(f.world, f.world.seller, f.world.buyer, f.trade->offer);
              f.operation.m = other.post_key().m;
          }}}));
}

TEST_CASE("ConfirmOrder: every refusal") {
    using F = Confirming;
    check_refusals<F>(with_common<F>(by_seller<F>, {}));
}

TEST_CASE("ProveBadChunk: every refusal") {
    using F = Proving;
    check_refusals<F>(with_common<F>(
        by_seller<F>,
        {{"index = n", Rejection::index_out_of_range, [](F& f) { f.operation.i = 4; }},
         {"class of the document", Rejection::bad_field,
          [](F& f) { f.operation.chunk.access = 1; }},
         {"no document", Rejection::document_missing, [](F& f) { f.operation.chunk.hash = {}; }},
         {"a node less", Rejection::path_length, [](F& f) { f.operation.path_ct.pop_back(); }},
         {"a node more", Rejection::path_length, [](F& f) { f.operation.path_data.push_back({}); }},
         {"another chunk", Rejection::ciphertext_not_committed,
          [](F& f) { f.operation.chunk = f.trade->prove(2).chunk; }},
         {"another leaf", Rejection::leaf_not_committed, [](F& f) { f.operation.leaf[0] ^= 1; }},
         {"P the identity", Rejection::point_invalid, [](F& f) { f.operation.p = identity; }},
         {"c not canonical", Rejection::scalar_invalid,
          [](F& f) { f.operation.c = plus_order(f.operation.c); }},
         {"P of another chunk", Rejection::proof_invalid,
          [](F& f) { f.operation.p = f.trade->prove(2).p; }},
         {"a good chunk", Rejection::chunk_is_good, [](F& f) { f.operation = f.trade->prove(2); }},
         {"settled already", Rejection::wrong_state,
          [](F& f) { f.world.run(f.world.buyer, f.trade->confirm()); }}}));
}

TEST_CASE("rejections: every number of the law has its name, unknown numbers say so") {
    CHECK(rejection_name(100) == "NotFound");
    CHECK(rejection_name(114) == "BadField");
    CHECK(rejection_name(123) == "LastTransactKey");
    CHECK(rejection_name(147) == "NotYetEnabled");
    CHECK(rejection_name(157) == "OwnProduct");
    CHECK(rejection_name(171) == "HoldTotal");
    CHECK(rejection_name(185) == "ChunkIsGood");
    CHECK(rejection_name(200) == "ProgrammeNotOpen");
    CHECK(rejection_name(206) == "VoucherTooSmall");
    CHECK(rejection_name(221) == "RelatedParty");
    CHECK(rejection_name(1) == "WrongChain");
    CHECK(rejection_name(11) == "Malformed");
    CHECK(rejection_name(999) == "Rejection999");
}

}  // namespace jangbu::test
