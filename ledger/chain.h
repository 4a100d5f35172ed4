// Chain: the committed ledger on disk and in memory, from genesis to head.
//
// The way of a block: append (input durable) -> execute (receipts, roots, header) -> [the engine
// signs the header] -> commit (outcome and tip durable, snapshot published; every few blocks the
// state is flushed, on a thread of its own). A crash in between is repaired at open: the header is
// recomputable, so nothing can be signed twice with different content. open() checks everything:
// the stored chain of headers hash by hash with every root, the documents that blocks name, the tip
// in its second place, the state root against the header; replays what the state store lacks;
// rebuilds used ids from the last 24 h of blocks and the application's index from state. Time: one
// pass over the block log. Errors of open: corrupted (names the store or height and what to do),
// io, conflict (another ledger's folder), and what the signer returned. append refuses
// (verification_failed) what execute would refuse, signatures included, since an appended input can
// never be taken back. After a failed write every later append, execute and commit fails with the
// same error; only a new open can go on. Threads: append, execute and commit on the commit strand;
// head() and the readers from any thread.
//
// A chain may begin above genesis, at its base (ledger/chain_base.h): below it there are headers
// and no bodies. write_snapshot and prune: one thread at a time, beside all others. A ledger whose
// engine lost its tail goes back at open (Options::head_height), and nowhere else.
#pragma once

#include <mutex>

#include "base/side_thread.h"
#include "ledger/executor.h"
#include "ledger/snapshot_writer.h"
#include "ledger/stores.h"

namespace jangbu::ledger {

class Chain {
public:
    // Signs a header whose outcome was lost by a crash after its input was durable, and header 0
    // while it is the head (so that every head that readers see is signed; asked again at each open
    // until there is a block).
    using Signer = std::function<Result<SoloFinality>(const Header&, const HeaderHash&)>;

    struct Options {
        u64 flush_every_blocks = 16;  // a start replays about as many
        bool flushes_aside = true;    // while the next blocks are made
        // A follower cannot sign: its header 0, which follows from genesis, stays unsigned.
        bool signs_genesis = true;
        // Asked for the signatures of each block, on the commit strand; the caller keeps it alive.
        // Without one the chain verifies all by itself.
        SignatureChecker* signatures = nullptr;
        // How much of the state's values memory takes (ledger/sparse_pool.h).
        StateRoom state_room = {};
        // Shares the work of execution that needs no order; the caller keeps it alive.
        base::WorkerPool* pool = nullptr;
        // So many blocks below its marker the state store can go back: what they changed is kept
        // there as it was before. 0 where the engine never loses its tail.
        u64 undo_blocks = 0;
        // Of the engine, if it may have lost its tail. What the log holds above is left for good at
        // open: conflict if that is below the base, or the state cannot go back so far.
        std::optional<u64> head_height = {};
        u64 first_segment_bytes = first_segment_bytes_usual;  // of the block log
    };

    static Result<std::unique_ptr<Chain>> open(const std::filesystem::path& folder,
                                               const GenesisFile& genesis, Application& application,
                                               const Signer& signer, const Options& options);
    static Result<std::unique_ptr<Chain>> open(const std::filesystem::path& folder,
                                               const GenesisFile& genesis, Application& application,
                                               const Signer& signer);
    // Over stores of any kind.
    static Result<std::unique_ptr<Chain>> open(Stores stores, const GenesisFile& genesis,
                                               Application& application, const Signer& signer,
                                               const Options& options);

    SnapshotPtr head() const;
    const Genesis& genesis() const { return genesis_; }
    const ChainId& id() const { return id_; }

    // Durable when it returns. Before the input of a block that names them.
    Status store_documents(std::span<const Document> documents);
    const DocumentReader& documents() const { return *stores_.documents; }
    const BlockLog& blocks() const { return *stores_.blocks; }
    // Of any committed height, whether its body is there or not; header 0 has no signature. Errors:
    // not_found (above the head), corrupted, io.
    Result<SignedHeader> header(u64 height) const;
    u64 base_height() const { return stores_.base ? stores_.base->height() : 0; }
    // Where the snapshots are; null in memory.
    const ChainBase* base() const { return stores_.base.get(); }
    // Of a head that was published. Errors: as ledger/snapshot_writer.h; conflict (in memory).
    Result<SnapshotManifest> write_snapshot(const Snapshot& at) const;
    // Moves the base up to this height and removes what lies below; which documents those blocks
    // named is kept. The snapshot of the height is there and is checked once more. Errors: conflict
    // (not above the base, above what the state store holds), those of the snapshot, io. After a
    // failed write the base moves no more.
    Status prune(u64 height);
    // What is left of a document that was pruned.
    Result<std::optional<Tombstone>> tombstone(const DocumentHash& hash) const {
        return stores_.documents->tombstone(hash);
    }
    Result<std::vector<Tombstone>> tombstones() const { return stores_.documents->tombstones(); }
    // Documents that blocks named whose bodies may be gone.
    Result<std::vector<NamedBelow>> named_below() const { return stores_.documents->named_below(); }
    // Lets documents go, durably. Those that a block after `pruned_height` of their tombstone names
    // stay; how many went is returned. On the commit strand; conflict while a block is open.
    Result<std::size_t> prune_documents(std::span<const Tombstone> tombstones);
    // Gives the room of pruned documents back to the disk. From any thread.
    void compact_documents() const { stores_.documents->compact(); }
    bool is_used(const TxId& id) const;
    std::size_t used_count() const;

    // `pruned`: what a block of another node is taken with in place of documents that are gone.
    Status append(BlockInput input, PrunedDocuments pruned = {});
    // The half of append() that needs no parent, signatures included, and append() of what it gave.
    // check_ahead may run on another thread, one input at a time, while the blocks before are
    // appended, executed and committed.
    Result<CheckedBlock> check_ahead(BlockInput input) const;
    Status append(CheckedBlock checked, PrunedDocuments pruned = {});
    // The input that was appended, its signatures verified with it, and that has no outcome yet;
    // once. The other form asks whether it is this one.
    Result<Execution> execute();
    Result<Execution> execute(const BlockInput& input);
    // The signature must be a validator's, else verification_failed and nothing is written.
    Status commit(Execution execution, const SoloFinality& finality);

private:
    friend class Recovery;

    Chain(Stores stores, const Genesis& genesis, Application& application, const Options& options);
    Result<NextWindowBlock> window_of(const Header& head) const;
    Status write_headers(u64 from, u64 to);
    // Every document that the blocks from `from` to `to` name, with the height.
    Status for_each_named(u64 from, u64 to,
                          const std::function<Status(const DocumentRef&, u64)>& visit) const;
    Status keep_names(u64 to);
    Executor executor() const { return executor(*stores_.documents); }
    Executor executor(const DocumentReader& documents) const {
        return {application_, documents, genesis_.validators, options_.pool};
    }
    SignatureChecker* signatures() const {
        return options_.signatures ? options_.signatures : &plain_;
    }
    Status take(CheckedBlock checked, PrunedDocuments pruned);
    Status check_documents(const CheckedBlock& checked, const PrunedDocuments& pruned) const;
    Status check_finality(const HeaderHash& hash, const SoloFinality& finality) const;
    void publish(Execution execution, const SoloFinality& finality);
    Status start_flush();
    Status finish_flush();
    std::unexpected<Error> stop(Error error);

    const Genesis genesis_;
    const ChainId id_;
    Application& application_;
    const Options options_;
    const Stores stores_;
    const std::shared_ptr<HistoryTree> history_;

    mutable PlainSignatureChecker plain_;  // keeps nothing
    Status prune_failure_;                 // of a durable write

    Status failure_;                             // of a durable write: the chain goes on no more
    bool is_open_ = false;                       // an input waits for its outcome
    std::optional<CheckedBlock> appended_;       // until it is executed
    RecordedOutcomes recorded_;                  // of appended_, for documents that are gone
    std::vector<StateTree::Changes> unflushed_;  // of each block since the last flush began
    std::vector<StateTree::Changes> flushing_;   // the side thread's until finish_flush()
    StateTree flushed_;                          // when the last flush began; with an undo window

    mutable std::mutex mutex_;  // guards head_ and used_ against readers
    UsedIds used_;
    SnapshotPtr head_;

    base::SideThread flusher_;  // last: it uses the rest
};

}  // namespace jangbu::ledger
