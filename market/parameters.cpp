#include "market/parameters.h"

#include <algorithm>
#include <array>

namespace jangbu::market {

std::span<const ledger::NumberParameter> all_parameters() {
    namespace own = parameters;
    namespace below = ledger::parameters;
    static constexpr std::array table{
        below::window_max_ms,
        below::heartbeat_ms,
        below::halt_gap_ms,
        below::expiries_per_block_max,
        own::accept_ms,
        own::lock_ms,
        own::key_ms,
        own::dispute_ms,
        own::review_ms,
        own::reverse_ms,
        own::fee_bps,
        own::bond_bps,
        own::bond_supply_min,
        own::penalty_bps,
        own::unlocked_orders_max,
        own::tax_bps,
        own::amount_max,
        own::mint_single_max,
        own::strikes_max,
    };
    return table;
}

const ledger::NumberParameter* find_parameter(std::string_view name) {
    const auto all = all_parameters();
    const auto at = std::ranges::find(all, name, &ledger::NumberParameter::name);
    return at == all.end() ? nullptr : &*at;
}

}  // namespace jangbu::market
