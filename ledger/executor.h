// Executor: block input in, receipts, state and header out. Deterministic: the same blocks give the same roots.
//
// First the due deadlines, then each transaction on an overlay that is dropped when it is rejected.
// Threads: commit strand only. Errors: an input that no honest engine makes (wrong parent, height, epoch, time; a
// transaction with WrongChain, BadSignature, TooLarge, DocumentMismatch, NotYetActive; a used id) is refused as a whole.
#pragma once

#include <memory>
#include <unordered_map>

#include "ledger/application.h"
#include "ledger/genesis.h"
#include "ledger/history_tree.h"
#include "ledger/parameters.h"
#include "ledger/used_ids.h"

namespace jangbu::ledger {

// A committed moment, immutable and shared with every reader.
struct Snapshot {
    Header header;
    HeaderHash hash;
    SoloFinality finality;
    StateTree state;
    std::shared_ptr<const HistoryTree> history;  // at least header.height + 1 leaves

    BlockContext next_block(u64 time_ms) const;  // the context of a block on top of this one
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

struct Execution {
    BlockInput input;
    std::vector<TxId> ids;  // of input.transactions
    std::vector<Receipt> receipts;
    Header header;
    HeaderHash hash;
    StateTree state;
    StateTree::Changes changes;
};

// Market time of a block: + min(block time - previous block time, halt_gap).
u64 market_time_after(const Header& previous, u64 time_ms, u64 halt_gap_ms);

// The checks before a block is made, in order: 1 WrongChain, 8 TooLarge, 10 NotYetActive, 9 DocumentMismatch,
// 7 BadSignature. Also what admission asks first. Nothing = fine.
std::optional<Rejection> check_form(const Transaction& transaction, const ChainId& chain, u16 protocol_version,
                                    const Application& application);

class Executor {
public:
    Executor(Application& application, const DocumentReader& documents)
        : application_(application), documents_(documents) {}

    // Signatures are verified here unless `signatures_verified` (the node's verdict cache says so).
    Result<Execution> execute(const Snapshot& parent, BlockInput input, const UsedIds& used,
                              bool signatures_verified) const;

private:
    Receipt run(const Transaction& transaction, const TxId& id, const BlockContext& block, Overlay& state) const;

    Application& application_;
    const DocumentReader& documents_;
};

}  // namespace jangbu::ledger
