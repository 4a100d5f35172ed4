// Voucher money in an order: the guards of docs/support.md section 4 and the moves of
// docs/exchange.md section 5.
//
// Order operations call these; nothing here writes a balance itself, it returns entries for
// move_money().
#pragma once

#include "market/context.h"
#include "market/money.h"

namespace jangbu::market {

// What PlaceOrder asks for, once every other guard of section 5.1 holds.
struct VoucherRequest {
    VoucherId voucher;
    u64 v = 0;  // > 0
    u64 supply = 0;
    OrgId buyer;
    OrgId seller;
    u16 category = 0;
    u64 longest_ms = 0;  // review + accept + lock + key + dispute
};
// V1 to V6 in order.
std::optional<Rejection> check_voucher_at_place(const StateReader& state,
                                                const ledger::BlockContext& block,
                                                const VoucherRequest& request);
// At LockOrder again: voucher ACTIVE (an expiry that passed while held does not matter),
// attestation live.
std::optional<Rejection> check_voucher_at_lock(const StateReader& state,
                                               const ledger::BlockContext& block,
                                               const OrderPublic& order, const OrderMoney& money);

// VO -v, VH +v; writes the Use record (HELD) and grows the aggregates by v.
std::vector<Entry> hold_voucher(Context& context, const VoucherRequest& request,
                                const OrderId& order);
// VH -v, VO* +v: VO* is voucher.open if the voucher is ACTIVE or SUSPENDED and block time <= its
// expiry, else programme.unissued (then voucher_lapsed +v too). Use becomes RELEASED; the
// aggregates shrink by v.
std::vector<Entry> release_voucher(Overlay& state, const ledger::BlockContext& block,
                                   const OrderPublic& order, const OrderMoney& money);
// VH -v, VS +v (the cash leaves with the settlement's own entries). Use becomes SPENT.
std::vector<Entry> spend_voucher(Overlay& state, const OrderPublic& order, const OrderMoney& money);

// The access set of the above: voucher, programme, family, the two attestations, use and
// aggregates.
std::vector<StateKey> voucher_keys(const StateReader& state, const VoucherId& voucher,
                                   const OrderId& order, const OrgId& buyer, const OrgId& seller);

// v of the law: OrderMoney.voucher if voucher_id is present, else 0.
u64 voucher_part(const OrderMoney& money);

}  // namespace jangbu::market
