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
    Status read_state();
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
    Status finish_last_input();
    Status sign_genesis();

    Chain& chain_;
    const GenesisFile& genesis_;
    const Chain::Signer& signer_;

    u64 last_input_ = 0;
    u64 last_outcome_ = 0;
    u64 base_ = 0;
    std::optional<BlockLog::Tip> tip_;
    StateStore::Marker marker_;  // of state_
    StateTree state_;
    std::vector<DocumentHash> documents_;               // ascending
    std::vector<std::pair<DocumentHash, u64>> pruned_;  // ascending; the last block that names it
    u64 recorded_outcomes_ = 0;                         // taken from receipts
};

}  // namespace jangbu::ledger
