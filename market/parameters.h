// The market's parameters and their bounds (docs/formats.md section 10).
#pragma once

#include <span>

#include "ledger/parameters.h"

namespace jangbu::market::parameters {

using ledger::NumberParameter;

inline constexpr u64 second_ms = 1'000;
inline constexpr u64 hour_ms = 3'600'000;
inline constexpr u64 day_ms = 24 * hour_ms;
inline constexpr u64 window_least_ms = second_ms;
inline constexpr u64 window_most_ms = 90 * day_ms;

inline constexpr NumberParameter accept_ms{"accept_ms", 72 * hour_ms, window_least_ms,
                                           window_most_ms};
inline constexpr NumberParameter lock_ms{"lock_ms", 24 * hour_ms, window_least_ms,
                                         window_most_ms};  // + 1 s per MiB
inline constexpr NumberParameter key_ms{"key_ms", 72 * hour_ms, window_least_ms, window_most_ms};
inline constexpr NumberParameter dispute_ms{"dispute_ms", 72 * hour_ms, window_least_ms,
                                            window_most_ms};  // + 1 s per MiB
inline constexpr NumberParameter review_ms{"review_ms", 5 * day_ms, window_least_ms,
                                           window_most_ms};
inline constexpr NumberParameter reverse_ms{"reverse_ms", 180 * day_ms, second_ms, 730 * day_ms};
inline constexpr NumberParameter fee_bps{"fee_bps", 100, 0, 500};
inline constexpr NumberParameter bond_bps{"bond_bps", 500, 0, 2'000};
inline constexpr NumberParameter bond_supply_min{"bond_supply_min", 1'000'000, 0,
                                                 1'000'000'000'000'000};
inline constexpr NumberParameter penalty_bps{"penalty_bps", 200, 0, 1'000};
inline constexpr NumberParameter unlocked_orders_max{"unlocked_orders_max", 10, 1, 1'000};
inline constexpr NumberParameter tax_bps{"tax_bps", 1'000, 0, 2'500};
inline constexpr NumberParameter amount_max{"amount_max", 1'000'000'000'000'000, 1,
                                            1'000'000'000'000'000};
inline constexpr NumberParameter mint_single_max{"mint_single_max", 1'000'000'000, 1,
                                                 1'000'000'000'000'000};
inline constexpr NumberParameter strikes_max{"strikes_max", 3, 1, 1'000};
inline constexpr std::string_view treasury = "treasury";  // names an organisation

}  // namespace jangbu::market::parameters

namespace jangbu::market {

// Every number parameter, the ledger's included, in a fixed order.
std::span<const ledger::NumberParameter> all_parameters();
// By name, or null.
const ledger::NumberParameter* find_parameter(std::string_view name);

}  // namespace jangbu::market
