#include "market/order_machine.h"
#include "market/settlement.h"
#include "market/voucher_use.h"

namespace jangbu::market {
namespace {

constexpr u64 mib = u64{1} << 20;

u64 number(const Context& context, const ledger::NumberParameter& parameter) {
    return ledger::number(context.state, parameter, context.block.height);
}

// The listing is open, of a kind that trades by the exchange, and the version is the current one.
// Quotes, works and prices by quote or period belong to later stages.
std::optional<Rejection> check_listing(const PlaceOrder& operation,
                                       const std::optional<Listing>& listing) {
    if (!listing) return Rejection::not_found;
    if (listing->state != ListingState::open) return Rejection::listing_closed;
    if (listing->kind == ListingKind::service) return Rejection::not_yet_enabled;
    if (listing->listing_version != operation.listing_version)
        return Rejection::listing_version_changed;
    if (operation.quote || operation.work) return Rejection::not_yet_enabled;
    return std::nullopt;
}

struct Price {
    u64 supply = 0;
    u8 tax_rule = tax_exempt;
};
std::optional<Price> price_of(const Listing& listing) {
    if (const auto* fixed = std::get_if<FixedPrice>(&listing.pricing))
        return Price{fixed->supply, fixed->tax_rule};
    if (std::holds_alternative<FreePrice>(listing.pricing)) return Price{};
    return std::nullopt;
}

std::optional<Rejection> check_price(const PlaceOrder& operation, const Listing& listing,
                                     const Context& context) {
    const auto price = price_of(listing);
    if (!price) return Rejection::not_yet_enabled;
    if (operation.supply != price->supply) return Rejection::price_changed;
    if (operation.tax !=
        tax_of(price->supply, price->tax_rule, number(context, parameters::tax_bps)))
        return Rejection::tax_mismatch;
    return std::nullopt;
}

bool may_trade(const OrgId& org, const Context& context) {
    const auto organisation = ledger::find_organisation(context.state, org);
    return organisation && organisation->state == ledger::OrganisationState::active;
}

std::optional<Rejection> check_parties(const Listing& listing, const Dataset& dataset,
                                       const Context& context) {
    if (dataset.state != DatasetState::live) return Rejection::dataset_suspended;
    if (!std::holds_alternative<PublicAudience>(listing.audience))
        return Rejection::not_in_audience;
    if (listing.seller == context.author.org) return Rejection::own_product;
    if (!may_trade(context.author.org, context) || !may_trade(listing.seller, context))
        return Rejection::suspended;
    // Strikes suspend all listings of the seller.
    if (account_of(context.state, listing.seller).strikes >=
        number(context, parameters::strikes_max))
        return Rejection::suspended;
    return std::nullopt;
}

std::optional<Rejection> check_sums(const PlaceOrder& operation, const Context& context) {
    const u64 amount_max = number(context, parameters::amount_max);
    for (const u64 amount : {operation.supply, operation.tax, operation.own, operation.voucher})
        if (amount > amount_max) return Rejection::bad_amount;
    if (operation.own + operation.voucher != operation.supply + operation.tax)
        return Rejection::sum_mismatch;
    if (operation.voucher > operation.supply) return Rejection::bad_amount;
    if (account_of(context.state, context.author.org).available < operation.own)
        return Rejection::insufficient_credits;
    if (operation.voucher_id.has_value() != (operation.voucher > 0)) return Rejection::bad_field;
    return std::nullopt;
}

std::optional<Rejection> check_keys(const PlaceOrder& operation, const Listing& listing,
                                    const Context& context) {
    const auto prekey = ledger::find_key(context.state, operation.prekey_id);
    if (!prekey || prekey->org != listing.seller ||
        prekey->kind != static_cast<u8>(ledger::KeyKind::x25519) ||
        prekey->purpose != static_cast<u8>(ledger::Purpose::encrypt) ||
        !prekey->live_at(context.block.height, context.block.time_ms))
        return Rejection::prekey_invalid;
    if (!crypto::admissible_x25519(operation.e_b)) return Rejection::point_invalid;
    if (!are_points(operation.t, context.ahead)) return Rejection::point_invalid;
    if (operation.t.size() != 1) return Rejection::bad_field;
    return std::nullopt;
}

OrderPublic public_record(const PlaceOrder& operation, const OrderId& id, const Listing& listing,
                          const Dataset& dataset, const Context& context) {
    const u64 size_ms = (dataset.byte_len + mib - 1) / mib * parameters::second_ms;
    OrderPublic order;
    order.id = id;
    order.listing = listing.id;
    order.listing_version = listing.listing_version;
    order.dataset = dataset.id;
    order.data_root = dataset.data_root;
    order.n = crypto::fx1::chunk_count(dataset.byte_len, dataset.chunk_size);
    order.chunk_size = dataset.chunk_size;
    order.seller = listing.seller;
    order.buyer = context.author.org;
    order.state = OrderState::placed;
    order.mode = listing.mode;
    order.licence = licence_hash(listing.licence);
    order.terms = operation.terms;
    order.prekey_id = operation.prekey_id;
    order.e_b = operation.e_b;
    order.t = operation.t;
    order.deadline_ms = context.block.market_time_ms + number(context, parameters::accept_ms);
    order.lock_ms = std::max(number(context, parameters::lock_ms) + size_ms, listing.lock_min_ms);
    order.key_ms = number(context, parameters::key_ms);
    order.dispute_ms =
        std::max(number(context, parameters::dispute_ms) + size_ms, listing.dispute_min_ms);
    order.opened_height = context.block.height;
    return order;
}

OrderMoney money_record(const PlaceOrder& operation, const OrderId& id, u8 tax_rule,
                        const Context& context) {
    OrderMoney money;
    money.id = id;
    money.supply = operation.supply;
    money.tax = operation.tax;
    money.own = operation.own;
    money.voucher = operation.voucher;
    money.voucher_id = operation.voucher_id;
    // A ledger that names no treasury takes no fee.
    if (ledger::organisation(context.state, parameters::treasury, context.block.height))
        money.fee_bps = static_cast<u16>(number(context, parameters::fee_bps));
    money.bond = bond_of(operation.supply, number(context, parameters::bond_bps),
                         number(context, parameters::bond_supply_min));
    money.penalty_bps = static_cast<u16>(number(context, parameters::penalty_bps));
    money.tax_rule = tax_rule;
    return money;
}

VoucherRequest voucher_request(const PlaceOrder& operation, const OrderPublic& order,
                               const Listing& listing, const Context& context) {
    return {.voucher = *operation.voucher_id,
            .v = operation.voucher,
            .supply = operation.supply,
            .buyer = order.buyer,
            .seller = order.seller,
            .category = listing.category,
            .longest_ms = number(context, parameters::review_ms) +
                          number(context, parameters::accept_ms) + order.lock_ms + order.key_ms +
                          order.dispute_ms};
}

void count_unlocked(const OrgId& buyer, Context& context) {
    Account account = account_of(context.state, buyer);
    ++account.unlocked_orders;
    ledger::write_record(context.state, account_key(buyer), account);
}

}  // namespace

std::optional<Rejection> apply(const PlaceOrder& operation, Context& context) {
    const OrderId id = order_id(context.block.chain_id, context.author.org, operation.nonce);
    if (context.state.find(order_public_key(id))) return Rejection::id_taken;
    const auto listing = find_listing(context.state, operation.listing);
    if (auto refusal = check_listing(operation, listing)) return refusal;
    if (auto refusal = check_price(operation, *listing, context)) return refusal;
    JANGBU_ASSERT(listing->dataset.has_value());
    const auto dataset = find_dataset(context.state, *listing->dataset);
    JANGBU_ASSERT(dataset.has_value());
    if (auto refusal = check_parties(*listing, *dataset, context)) return refusal;
    if (auto refusal = check_sums(operation, context)) return refusal;
    if (auto refusal = check_keys(operation, *listing, context)) return refusal;
    if (account_of(context.state, context.author.org).unlocked_orders >=
        number(context, parameters::unlocked_orders_max))
        return Rejection::too_many_unlocked;

    const OrderPublic order = public_record(operation, id, *listing, *dataset, context);
    OrderMoney money = money_record(operation, id, price_of(*listing)->tax_rule, context);
    std::vector<Entry> entries{entry(Column::available, order.buyer, -won(money.own)),
                               entry(Column::reserved, order.buyer, won(money.own))};
    if (operation.voucher > 0) {
        const VoucherRequest request = voucher_request(operation, order, *listing, context);
        if (auto refusal = check_voucher_at_place(context.state, context.block, request))
            return refusal;
        money.programme = find_voucher(context.state, request.voucher)->programme;
        const std::vector<Entry> held = hold_voucher(context, request, id);
        entries.insert(entries.end(), held.begin(), held.end());
    }
    if (auto refusal = move_money(context.state, entries, context.events)) return refusal;
    ledger::write_record(context.state, order_public_key(id), order);
    ledger::write_record(context.state, order_money_key(id), money);
    count_unlocked(order.buyer, context);
    context.emit(
        OrderMoved{id, order.buyer, order.seller, std::nullopt, order.state, order.deadline_ms, 0});
    return std::nullopt;
}

std::vector<StateKey> keys(const PlaceOrder& operation, const KeysContext& context) {
    const OrderId id = order_id(context.block.chain_id, context.author, operation.nonce);
    std::vector<StateKey> keys{order_public_key(id), order_money_key(id),
                               account_key(context.author), listing_key(operation.listing)};
    if (operation.voucher_id) keys.push_back(voucher_key(*operation.voucher_id));
    const auto listing = find_listing(context.state, operation.listing);
    if (!listing) return keys;
    keys.push_back(listing_version_key(listing->id, listing->listing_version));
    keys.push_back(account_key(listing->seller));
    if (listing->dataset) keys.push_back(dataset_key(*listing->dataset));
    if (operation.voucher_id) {
        const auto more =
            voucher_keys(context.state, *operation.voucher_id, id, context.author, listing->seller);
        keys.insert(keys.end(), more.begin(), more.end());
    }
    return keys;
}

}  // namespace jangbu::market
