// Executor: block input in, receipts, state and header out. Deterministic: the same blocks give the
// same roots.
//
// First the due deadlines, then each transaction on an overlay that is dropped when it is rejected.
// Threads: commit strand only. Errors (verification_failed): an input that no honest engine makes
// is refused as a whole: wrong parent, height, epoch, time or size; a transaction with WrongChain,
// TooLarge, Malformed, NotYetActive, DocumentMismatch or BadSignature; a used or repeated id. A
// greater epoch begins with the one transaction that opens it (docs/formats.md section 5).
#pragma once

#include <memory>
#include <span>

#include "base/worker_pool.h"
#include "ledger/application.h"
#include "ledger/genesis.h"
#include "ledger/history_tree.h"
#include "ledger/parameters.h"
#include "ledger/signature_checker.h"
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
    std::vector<Bytes> encoded_receipts;
    Header header;
    HeaderHash hash;
    StateTree state;
    StateTree::Changes changes;
};

// Market time of a block: + min(block time - previous block time, halt_gap). Block time never goes
// back.
u64 market_time_after(const Header& previous, u64 time_ms, u64 halt_gap_ms);

// A block input, and what was found out when it was checked.
struct CheckedBlock {
    BlockInput input;
    std::vector<TxId> ids;  // of input.transactions
    std::unique_ptr<PreparedBlock> prepared;
    u16 protocol_version = 0;  // by which its form is right
    // Of what was checked ahead. `prepared` is judged, and what is looked up together is known.
    bool is_ahead = false;
    std::vector<HashedKeys> keys_ahead;
};

// The checks before a block is made, in order: 1 WrongChain, 8 TooLarge, 11 Malformed, 10
// NotYetActive, 9 DocumentMismatch (a length that no document has; admission and Chain ask whether
// the documents are there). Last comes 7 BadSignature, which a SignatureChecker judges for many at
// once. Also what admission asks first. Nothing = fine.
std::optional<Rejection> check_unsigned_form(const Transaction& transaction, const ChainId& chain,
                                             u16 protocol_version, const Application& application);

class Executor {
public:
    // The caller keeps all alive. `validators` are those of genesis. With a pool, what needs no
    // order is done on its threads.
    Executor(Application& application, const DocumentReader& documents,
             const ValidatorSet& validators, base::WorkerPool* pool = nullptr)
        : application_(application), documents_(documents), validators_(validators), pool_(pool) {}

    // `signatures` judges all of them at once, after every other check of the input; without one
    // they were verified before. The error names the first transaction that is bad.
    Result<Execution> execute(const Snapshot& parent, BlockInput input, const UsedIds& used,
                              SignatureChecker* signatures) const;
    // The same in two steps: whether the input is taken, and its execution.
    Result<CheckedBlock> check(const Snapshot& parent, BlockInput input, const UsedIds& used,
                               SignatureChecker* signatures) const;
    Execution execute(const Snapshot& parent, CheckedBlock checked) const;

    // check() in two halves: what needs no parent, which may be done ahead on another thread beside
    // the execution of the blocks before, and what does. `earlier` is a committed moment: key
    // equations of orders that it knows are judged ahead.
    Result<CheckedBlock> check_ahead(const Snapshot& earlier, BlockInput input,
                                     SignatureChecker* signatures) const;
    Status check_place(const Snapshot& parent, const CheckedBlock& checked,
                       const UsedIds& used) const;

private:
    Result<CheckedBlock> check_form(const Header& earlier, BlockInput input) const;
    Status check_epoch(const Snapshot& parent, const CheckedBlock& checked) const;
    void look_ahead(const Snapshot& earlier, CheckedBlock& checked) const;
    void fetch_ahead(const CheckedBlock& checked, std::size_t first, const BlockContext& block,
                     Overlay& state) const;
    Receipt run(const CheckedBlock& checked, std::size_t index, const BlockContext& block,
                Overlay& state) const;
    void finish(const Snapshot& parent, Overlay& state, Execution& done) const;
    // The guards of the ledger that become receipts: 2, 4, 5, 6. On success the author's key is
    // set.
    std::optional<Rejection> guard(const CheckedBlock& checked, std::size_t index,
                                   const BlockContext& block, const StateReader& state,
                                   Key& author) const;

    Application& application_;
    const DocumentReader& documents_;
    const ValidatorSet& validators_;
    base::WorkerPool* const pool_;
};

// The roots of a block's two lists (docs/formats.md section 5). REQUIRES: as many ids as
// transactions.
Hash tx_root(std::span<const TxId> ids, std::span<const Transaction> transactions);
Hash receipt_root(std::span<const Bytes> encoded_receipts);
std::vector<Bytes> encoded(std::span<const Receipt> receipts);

}  // namespace jangbu::ledger
