#include "market/data_right.h"

namespace jangbu::market {

std::optional<DataRightTerms> terms_of_right(const StateReader& state, const OrgId& org,
                                             const Dataset& dataset, const DataRight& right) {
    const OrderId* named = std::get_if<OrderId>(&right);
    if (!named) {
        if (dataset.registrant != org) return std::nullopt;
        return DataRightTerms{dataset.ceiling_bits, dataset.ceiling_expires_ms};
    }
    const auto order = find_order(state, *named);
    if (!order || order->buyer != org || order->dataset != dataset.id ||
        order->state != OrderState::settled)
        return std::nullopt;
    const auto listing = find_listing(state, order->listing, order->listing_version);
    JANGBU_ASSERT(listing);  // a version is never removed
    return DataRightTerms{listing->licence.bits, listing->licence.expires_ms};
}

void add_right_keys(const StateReader& state, const DataRight& right, std::vector<StateKey>& set) {
    const OrderId* named = std::get_if<OrderId>(&right);
    if (!named) return;
    set.push_back(order_public_key(*named));
    if (const auto order = find_order(state, *named))
        set.push_back(listing_version_key(order->listing, order->listing_version));
}

}  // namespace jangbu::market
