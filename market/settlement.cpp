#include "market/settlement.h"

namespace jangbu::market {

u64 share_of(u64 amount, u64 rate, u64 whole) {
    JANGBU_ASSERT(whole != 0);
    const u128 product = static_cast<u128>(amount) * rate / whole;
    JANGBU_ASSERT(product <= ~u64{0});
    return static_cast<u64>(product);
}

u64 tax_of(u64 supply, u8 tax_rule, u64 tax_bps) {
    return tax_rule == tax_standard ? share_of(supply, tax_bps, bps_whole) : 0;
}

u64 bond_of(u64 supply, u64 bond_bps, u64 bond_supply_min) {
    return supply < bond_supply_min ? 0 : share_of(supply, bond_bps, bps_whole);
}

Settlement settle(const OrderMoney& money, const OrgId& seller) {
    Settlement result;
    result.fee = share_of(money.supply, money.fee_bps, bps_whole);
    u64 paid = result.fee;
    if (money.upstream) {
        for (const auto& [org, ppm] : money.upstream->shares) {
            if (org == seller) continue;
            const u64 royalty = share_of(money.supply, ppm, ppm_whole);
            result.upstream.emplace_back(org, royalty);
            paid += royalty;
        }
    }
    // fee_bps is at most 500 and the shares at most 500,000 ppm, so this cannot be negative.
    JANGBU_ASSERT(paid <= money.supply);
    result.seller = money.supply - paid + money.tax;
    return result;
}

Forfeit split_forfeit(u64 forfeited, u64 supply, u64 v) {
    if (forfeited == 0) return {};
    JANGBU_ASSERT(supply != 0 && v <= supply);  // supply 0 means bond 0 and no penalty
    const u64 buyer = share_of(forfeited, supply - v, supply);
    return {buyer, forfeited - buyer};
}

u64 penalty_of(const OrderMoney& money) {
    return std::min(money.bond, share_of(money.supply, money.penalty_bps, bps_whole));
}

}  // namespace jangbu::market
