// HeaderChain: headers from genesis on, each linked to the one before; what is left of the checks
// of a block when its body is gone.
//
// Whose word stands behind them is asked once, at the last one. Threads: one. Errors:
// verification_failed, with the height.
#pragma once

#include "ledger/genesis.h"
#include "ledger/history_tree.h"

namespace jangbu::ledger {

class HeaderChain {
public:
    // Appends to `history`, which is empty and outlives this.
    HeaderChain(const Genesis& genesis, HistoryTree& history);

    Status add(const Header& header);

    const Header& last() const { return last_; }
    const HeaderHash& hash() const { return hash_; }

private:
    HistoryTree& history_;
    Header last_;
    HeaderHash hash_;
};

}  // namespace jangbu::ledger
