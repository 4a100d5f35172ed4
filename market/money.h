// Money: the one function that writes balances, and the journal it leaves in the receipt.
//
// It takes signed column entries, requires that each book sums to zero and refuses if a column
// would become negative. Books and columns: docs/exchange.md section 3. A voucher's open, held and
// spent move those of its programme with them. Memo columns belong to no book: they count what the
// law counts beside the books. `VO*` is resolved by the caller (market/voucher_use.h). Amounts in
// whole won. Threads: commit strand.
#pragma once

#include "ledger/application.h"
#include "market/events.h"
#include "market/rejection.h"
#include "market/state_keys.h"

namespace jangbu::market {

// Numbers appear in MoneyMoved events and are never reused.
enum class Column : u8 {
    // Book C (credits)
    bank = 1,       // contra; owner zero
    available = 2,  // BA, SA, UP, TR: of an organisation
    reserved = 3,   // BR: of an organisation
    bond = 4,       // SB: of an organisation
    escrow = 5,  // ES: of an order; the sum of `own` over LOCKED and KEYED, so no balance is kept
    programme_cash = 6,  // PC: of a programme
    // Book V (voucher claims on programme cash)
    granted = 20,        // contra; owner: the programme
    unissued = 21,       // PU: of a programme
    voucher_open = 22,   // VO: of a voucher, and with it of its programme
    voucher_held = 23,   // VH
    voucher_spent = 24,  // VS
    returned = 25,       // PR: of a programme
    // Memo
    budget = 40,          // of a programme
    income = 41,          // of a programme: penalties and forfeited bonds within its cash
    voucher_lapsed = 42,  // of a voucher: what went back to its programme
};

struct Entry {
    Column column{};
    Hash owner{};
    i64 amount = 0;  // signed won; an entry of 0 is left out
};

inline Entry entry(Column column, i64 amount) {
    return {column, {}, amount};
}
template <class Tag>
Entry entry(Column column, const StrongId<Tag>& owner, i64 amount) {
    return {column, owner.bytes, amount};
}
// An amount of the rules (at most amount_max) as a signed one.
i64 won(u64 amount);

// Applies all entries or none and appends MoneyMoved events. Rejections: insufficient_credits (a
// column would become negative), bad_amount (a column would pass 2^63 - 1). Asserts that each book
// sums to zero and that owners exist (an organisation without an account has an empty one).
std::optional<Rejection> move_money(Overlay& state, std::span<const Entry> entries,
                                    std::vector<Bytes>& events);

}  // namespace jangbu::market
