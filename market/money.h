// Money: the one function that writes balances.
//
// It takes signed column entries, requires that each book sums to zero and refuses if a column (not a contra) would
// become negative. A programme's open, held and spent are the sums of its vouchers and move by the same entries.
// Books and columns: docs/exchange.md section 3. `VO*` (voucher.open while it is usable, else programme.unissued) is
// resolved by the caller through voucher_release_column().
#pragma once

#include "market/state_keys.h"

namespace jangbu::market {

enum class Column : u8 {
    // Book C (credits)
    bank,        // contra
    available,   // of an organisation: BA, SA, UP, TR
    reserved,    // BR
    bond,        // SB
    escrow,      // ES: derived from LOCKED and KEYED orders, so it has no balance of its own
    programme_cash,  // PC
    // Book V (voucher claims on programme cash)
    granted,     // contra
    unissued,    // PU
    voucher_open,   // VO
    voucher_held,   // VH
    voucher_spent,  // VS
    returned,    // PR
};

struct Entry {
    Column column;
    Hash owner{};    // organisation, programme, voucher or order id by column; zero for contras
    i64 amount = 0;  // signed won
};

// Applies all entries or none. Rejections: insufficient_credits, bad_amount (a sum above amount_max). Asserts that each
// book sums to zero.
std::optional<struct MoneyRefusal> move_money(Overlay& state, std::span<const Entry> entries);

}  // namespace jangbu::market
