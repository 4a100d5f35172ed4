#include "client/order_place.h"

#include <algorithm>

#include "client/dataset.h"
#include "client/json_fields.h"
#include "market/settlement.h"

namespace jangbu::client {
namespace {

namespace fx1 = crypto::fx1;
namespace parameters = market::parameters;

constexpr u64 mib = u64{1} << 20;

std::string place_label(const ListingId& listing) {
    return "place-" + listing.hex();
}

std::string title_in(const std::string& description) {
    const Result<Json> json = parse_json(as_bytes(description), "description");
    if (!json) return {};
    JsonFields fields(*json, "description");
    JsonFields languages(fields.member("title"), "title");
    for (const char* language : {"ko", "en"})
        if (languages.member(language).is_string()) return languages.text(language);
    return {};
}

bool is_usable_prekey(const ledger::Key& key, const ledger::Header& head) {
    return key.kind == static_cast<u8>(crypto::KeyKind::x25519) &&
           key.purpose == static_cast<u8>(crypto::Purpose::encrypt) &&
           key.live_at(head.height + 1, head.time_ms);
}

Status choose_prekey(Session& session, PlacePlan& plan) {
    const OrganisationAnswer seller = TRY(session.node().organisation(plan.listing.seller));
    const ledger::Key* newest = nullptr;
    for (const ledger::Key& key : seller.keys)
        if (is_usable_prekey(key, session.head().header) &&
            (!newest || key.valid_from_height > newest->valid_from_height))
            newest = &key;
    if (!newest) return fail(ErrorCode::conflict, "the seller has no live key for orders");
    plan.prekey_id = ledger::key_id(plan.listing.seller, crypto::KeyKind::x25519,
                                    crypto::Purpose::encrypt, newest->bytes);
    plan.prekey = TRY(proven_prekey(session, plan.prekey_id, plan.listing.seller));
    return {};
}

Status plan_windows(Session& session, PlacePlan& plan) {
    const u64 size_ms = (plan.dataset.byte_len + mib - 1) / mib * parameters::second_ms;
    plan.accept_ms = TRY(session.parameter(parameters::accept_ms));
    plan.key_ms = TRY(session.parameter(parameters::key_ms));
    plan.lock_ms =
        std::max(TRY(session.parameter(parameters::lock_ms)) + size_ms, plan.listing.lock_min_ms);
    plan.dispute_ms = std::max(TRY(session.parameter(parameters::dispute_ms)) + size_ms,
                               plan.listing.dispute_min_ms);
    return {};
}

// The most that the voucher, its programme and the buyer's class allow for this supply.
Result<u64> voucher_most(Session& session, const VoucherId& id, u64 supply) {
    const market::Voucher voucher = TRY(session.node().voucher(id));
    const market::Programme programme = TRY(session.node().programme(voucher.programme));
    const market::Attestation attestation =
        TRY(session.node().attestation(session.org(), programme.terms.family));
    const std::size_t place = static_cast<std::size_t>(attestation.class_) - 1;
    if (place >= programme.terms.share_bps.size())
        return fail(ErrorCode::malformed, "an attestation of an unknown class");
    const u64 share = market::share_of(supply, programme.terms.share_bps[place], market::bps_whole);
    return std::min({share, programme.terms.cap_order, voucher.open});
}

Status plan_voucher(Session& session, const PlaceRequest& request, PlacePlan& plan) {
    if (!request.voucher) {
        if (request.voucher_amount)
            return fail(ErrorCode::usage, "a voucher amount needs a voucher");
        return {};
    }
    const u64 most = TRY(voucher_most(session, *request.voucher, plan.supply));
    plan.voucher = request.voucher_amount.value_or(most);
    if (plan.voucher > 0) plan.voucher_id = request.voucher;
    return {};
}

Placed placed(const Session& session, const Posted& posted) {
    Placed out;
    out.operation = std::get<market::PlaceOrder>(posted.operation);
    out.order = market::order_id(session.chain_id(), session.org(), out.operation.nonce);
    out.txid = posted.id;
    out.height = posted.height;
    out.repeated = posted.repeated;
    return out;
}

}  // namespace

Result<crypto::ExchangeKey> proven_prekey(Session& session, const KeyId& id, const OrgId& seller) {
    const auto key = TRY(session.proven_record<ledger::Key>(
        ledger::state_key(ledger::Table::key, id.view()), "key"));
    const crypto::ExchangeKey prekey(key.bytes);
    if (key.org != seller ||
        ledger::key_id(seller, crypto::KeyKind::x25519, crypto::Purpose::encrypt, key.bytes) !=
            id ||
        !crypto::admissible_x25519(prekey))
        return fail(ErrorCode::verification_failed, "the key is not the seller's");
    return prekey;
}

Result<crypto::Scalar> buyer_mask(Session& session, const OrderId& order,
                                  const crypto::ExchangeKey& seller_prekey) {
    const crypto::ExchangeSecret secret =
        fx1::buyer_secret(session.secret().delivery_secret(), order.bytes);
    return fx1::mask(secret, seller_prekey, crypto::exchange_public(secret), seller_prekey,
                     order.bytes, 0);
}

Result<PlacePlan> plan_order(Session& session, const PlaceRequest& request) {
    PlacePlan plan;
    plan.listing = TRY(proven_listing(session, request.listing));
    if (!plan.listing.dataset) return fail(ErrorCode::usage, "the listing names no dataset");
    plan.dataset = TRY(proven_dataset(session, *plan.listing.dataset));
    plan.title = title_in(TRY(description_of(session, plan.listing)));
    const Price price = TRY(price_of(plan.listing));
    plan.supply = price.supply;
    plan.tax =
        market::tax_of(price.supply, price.tax_rule, TRY(session.parameter(parameters::tax_bps)));
    const u64 bond_bps = TRY(session.parameter(parameters::bond_bps));
    const u64 bond_supply_min = TRY(session.parameter(parameters::bond_supply_min));
    plan.seller_bond = market::bond_of(plan.supply, bond_bps, bond_supply_min);
    TRY(plan_voucher(session, request, plan));
    if (plan.voucher > plan.supply)
        return fail(ErrorCode::usage, "a voucher never pays more than the supply value");
    plan.own = plan.supply + plan.tax - plan.voucher;
    TRY(plan_windows(session, plan));
    TRY(choose_prekey(session, plan));
    return plan;
}

Result<std::optional<Placed>> continue_order(Session& session, const ListingId& listing) {
    const std::optional<market::Operation> operation =
        TRY(begun(session.home(), place_label(listing)));
    if (!operation) return std::optional<Placed>();
    const auto never = []() -> Result<Draft> {
        return fail(ErrorCode::corrupted, "the saved order vanished while it was sent");
    };
    const Posted posted = TRY(post(session, place_label(listing), never));
    return std::optional(placed(session, posted));
}

Result<Placed> place_order(Session& session, const PlacePlan& plan) {
    const auto draft = [&]() -> Result<Draft> {
        market::PlaceOrder operation;
        operation.nonce = crypto::random_array<16>();
        const OrderId id = market::order_id(session.chain_id(), session.org(), operation.nonce);
        const crypto::ExchangeSecret secret =
            fx1::buyer_secret(session.secret().delivery_secret(), id.bytes);
        const crypto::Scalar t = TRY(buyer_mask(session, id, plan.prekey));
        const std::optional<crypto::Point> point = crypto::mul_base(t);
        if (!point) return fail(ErrorCode::unavailable, "an unlucky mask; run the command again");
        operation.listing = plan.listing.id;
        operation.listing_version = plan.listing.listing_version;
        operation.supply = plan.supply;
        operation.tax = plan.tax;
        operation.own = plan.own;
        operation.voucher = plan.voucher;
        operation.voucher_id = plan.voucher_id;
        operation.prekey_id = plan.prekey_id;
        operation.e_b = crypto::exchange_public(secret);
        operation.t = {point->bytes()};
        return Draft{operation, {}};
    };
    const Posted posted = TRY(post(session, place_label(plan.listing.id), draft));
    return placed(session, posted);
}

Status forget_order(Session& session, const ListingId& listing) {
    return forget(session, place_label(listing));
}

}  // namespace jangbu::client
