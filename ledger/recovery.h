// Recovery: what Chain::open does, once, before anybody else sees the chain.
//
// Believes nothing on disk: every header is linked by hash and its roots are recomputed from what
// is stored; the state store is believed only if its root is the header's; what is missing behind
// the last durable input is executed again. Errors: as Chain::open.
#pragma once

#include "ledger/chain.h"

namespace jangbu::ledger {

class Recovery {
public:
    Recovery(Chain& chain, const GenesisFile& genesis, const Chain::Signer& signer)
        : chain_(chain), genesis_(genesis), signer_(signer) {}
    Status run();

private:
    Status read_heights();
    Status leave_above(u64 height);
    Status read_state();
    Status undo_state();
    Result<Header> header_at(u64 height) const;
    Status load_base_state();
    Status start_at_base();
    Status take_headers();
    Status take_window();
    Status take_block(u64 height);
    Status check_links(const Header& header, const BlockInput& input) const;
    Status check_content(const BlockRecord& block, const BlockInput& input,
                         std::span<const TxId> ids) const;
    Status keep(const BlockRecord& block, std::span<const TxId> ids);
    Status replay(const BlockRecord& block, BlockInput input);
    Status read_documents();
    Status check_documents(const BlockInput& input) const;
    Status check_tip() const;
    Status go_back();
    Status finish_last_input();
    Status sign_genesis();

    Chain& chain_;
    const GenesisFile& genesis_;
    const Chain::Signer& signer_;

    u64 last_input_ = 0;
    u64 last_outcome_ = 0;
    u64 base_ = 0;
    u64 log_outcome_ = 0;
    bool goes_back_ = false;  // the engine's head is below: then the first two are its height
    std::optional<StateTree::Changes> undone_;  // what takes the state store to marker_
    std::optional<BlockLog::Tip> tip_;
    StateStore::Marker marker_;  // of state_
    StateTree state_;
    std::vector<DocumentHash> documents_;               // ascending
    std::vector<std::pair<DocumentHash, u64>> pruned_;  // ascending; the last block that names it
    u64 recorded_outcomes_ = 0;                         // taken from receipts
};

// Whether a ledger whose log is higher can go back to this height. Errors: conflict (no, and what
// to do), io, corrupted.
Status check_way_back(const Stores& stores, u64 height);

}  // namespace jangbu::ledger
