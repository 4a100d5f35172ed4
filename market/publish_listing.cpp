#include "market/guards.h"
#include "market/rules.h"
#include "market/settlement.h"

namespace jangbu::market {
namespace {

bool window_in_bounds(u64 window_ms) {
    return window_ms == 0 ||
           (parameters::window_least_ms <= window_ms && window_ms <= parameters::window_most_ms);
}

std::optional<Rejection> check_pricing(const Pricing& pricing, const Context& context) {
    if (std::holds_alternative<FreePrice>(pricing)) return std::nullopt;
    const FixedPrice* fixed = std::get_if<FixedPrice>(&pricing);
    if (!fixed) return Rejection::not_yet_enabled;
    if (fixed->supply != 0 && !amount_in_bounds(context, fixed->supply))
        return Rejection::bad_amount;
    return fixed->tax_rule <= tax_zero_rate ? std::nullopt : std::optional(Rejection::bad_field);
}

std::optional<Rejection> check_licence(const Licence& licence, const Dataset& dataset,
                                       const Context& context) {
    if ((licence.bits & ~licence_bits_all) != 0 || licence.attribution > 1)
        return Rejection::bad_field;
    if (licence.odrl && !is_document_class(licence.odrl->access)) return Rejection::bad_field;
    if (licence.expires_ms && *licence.expires_ms < context.block.time_ms)
        return Rejection::bad_field;
    if ((licence.bits & ~dataset.ceiling_bits) != 0) return Rejection::licence_too_wide;
    if (dataset.ceiling_expires_ms &&
        (!licence.expires_ms || *licence.expires_ms > *dataset.ceiling_expires_ms))
        return Rejection::licence_too_wide;
    return std::nullopt;
}

std::optional<Rejection> check(const PublishListing& operation, const ListingId& id,
                               const Context& context) {
    if (auto refusal = check_author(context, 0)) return refusal;
    if (context.state.find(listing_key(id))) return Rejection::id_taken;
    const auto kind = static_cast<ListingKind>(operation.kind);
    if (kind == ListingKind::service) return Rejection::not_yet_enabled;
    if (kind != ListingKind::dataset && kind != ListingKind::algorithm) return Rejection::bad_field;
    if (!operation.dataset) return Rejection::bad_field;
    const auto dataset = find_dataset(context.state, *operation.dataset);
    if (!dataset) return Rejection::not_found;
    if (dataset->registrant != context.author.org) return Rejection::not_allowed;
    if (dataset->state == DatasetState::suspended) return Rejection::dataset_suspended;
    if (auto refusal = check_pricing(operation.pricing, context)) return refusal;
    if (auto refusal = check_licence(operation.licence, *dataset, context)) return refusal;
    if (operation.mode != 1) return Rejection::bad_field;
    if (!std::holds_alternative<PublicAudience>(operation.audience))
        return Rejection::not_yet_enabled;
    if (!window_in_bounds(operation.lock_min_ms) || !window_in_bounds(operation.dispute_min_ms))
        return Rejection::bad_field;
    if (operation.sample > 1 || !is_public(operation.description)) return Rejection::bad_field;
    return std::nullopt;
}

}  // namespace

std::optional<Rejection> apply(const PublishListing& operation, Context& context) {
    const ListingId id = listing_id(context.block.chain_id, context.author.org, operation.nonce);
    if (auto refusal = check(operation, id, context)) return refusal;
    Listing listing;
    listing.id = id;
    listing.seller = context.author.org;
    listing.kind = static_cast<ListingKind>(operation.kind);
    listing.dataset = operation.dataset;
    listing.pricing = operation.pricing;
    listing.licence = operation.licence;
    listing.mode = operation.mode;
    listing.audience = operation.audience;
    listing.category = operation.category;
    listing.lock_min_ms = operation.lock_min_ms;
    listing.dispute_min_ms = operation.dispute_min_ms;
    listing.sample = operation.sample;
    listing.description = operation.description;
    listing.published_height = context.block.height;
    ledger::write_record(context.state, listing_key(id), ListingHead{listing.listing_version});
    ledger::write_record(context.state, listing_version_key(id, listing.listing_version), listing);
    context.emit(ListingPublished{id, listing.listing_version, listing.seller, listing.dataset});
    return std::nullopt;
}

std::vector<StateKey> keys(const PublishListing& operation, const KeysContext& context) {
    const ListingId id = listing_id(context.block.chain_id, context.author, operation.nonce);
    std::vector<StateKey> set = {listing_key(id), listing_version_key(id, 1)};
    if (operation.dataset) set.push_back(dataset_key(*operation.dataset));
    return set;
}

}  // namespace jangbu::market
