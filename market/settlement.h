// The arithmetic of an order's money: tax, bond, fee, royalties, penalties (docs/exchange.md
// sections 5 and 6).
//
// Pure. Amounts in whole won, rates in basis points, shares in ppm; products in 128 bits, division
// rounds down. REQUIRES: amounts at most amount_max (10^15), rates at most 10^4 of their unit.
#pragma once

#include "market/records.h"

namespace jangbu::market {

enum TaxRule : u8 { tax_exempt = 0, tax_standard = 1, tax_zero_rate = 2 };

// floor(amount * rate / whole)
u64 share_of(u64 amount, u64 rate, u64 whole);
inline constexpr u64 bps_whole = 10'000;
inline constexpr u64 ppm_whole = 1'000'000;

// floor(supply * tax_bps / 10^4) for the standard rule, else 0.
u64 tax_of(u64 supply, u8 tax_rule, u64 tax_bps);
// floor(supply * bond_bps / 10^4); 0 below the smallest supply that asks for a bond.
u64 bond_of(u64 supply, u64 bond_bps, u64 bond_supply_min);

struct Settlement {
    u64 fee = 0;
    std::vector<std::pair<OrgId, u64>> upstream;  // in the order of the record, the seller left out
    u64 seller = 0;  // what floor leaves, and the tax, are the seller's
};
Settlement settle(const OrderMoney& money, const OrgId& seller);

// A forfeited sum (penalty or bond): the buyer's part is floor(x * (supply - v) / supply), the rest
// is the programme's.
struct Forfeit {
    u64 buyer = 0;
    u64 programme = 0;
};
Forfeit split_forfeit(u64 forfeited, u64 supply, u64 v);
// min(bond, floor(supply * penalty_bps / 10^4))
u64 penalty_of(const OrderMoney& money);

}  // namespace jangbu::market
