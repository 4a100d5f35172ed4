// Chain: the committed ledger on disk and in memory, from genesis to head.
//
// The way of a block: append (input durable) -> execute (receipts, roots, header) -> [the engine signs the header] ->
// commit (outcome stored, snapshot published, state flushed). A crash in between is repaired at open: the header is
// recomputable, so nothing can be signed twice with different content.
// open() checks everything: the stored chain of headers hash by hash, the state root against the header, replays what the
// state store lacks, rebuilds used ids from the last 24 h of blocks and the application's index from state.
// Errors of open: corrupted (names the file or height and what to do), io.
// Threads: append, execute and commit on the commit strand; head() and the readers from any thread.
#pragma once

#include <mutex>

#include "ledger/executor.h"
#include "ledger/stores.h"

namespace jangbu::ledger {

class Chain {
public:
    // Signs a header whose outcome was lost by a crash after its input was durable.
    using Signer = std::function<Result<SoloFinality>(const Header&, const HeaderHash&)>;

    static Result<std::unique_ptr<Chain>> open(const std::filesystem::path& folder, const GenesisFile& genesis,
                                               Application& application, const Signer& signer);

    SnapshotPtr head() const;
    const Genesis& genesis() const { return genesis_; }
    const ChainId& id() const { return id_; }

    Status store_documents(std::span<const Document> documents) { return documents_->put(documents); }
    const DocumentReader& documents() const { return *documents_; }
    const BlockLog& blocks() const { return *blocks_; }
    bool is_used(const TxId& id) const;
    std::size_t used_count() const;

    Status append(const BlockInput& input);
    Result<Execution> execute(BlockInput input, bool signatures_verified);
    Status commit(Execution execution, const SoloFinality& finality);

private:
    Chain() = default;
    Status recover(const GenesisFile& genesis, const Signer& signer);

    Genesis genesis_;
    ChainId id_;
    Application* application_ = nullptr;
    std::unique_ptr<BlockLog> blocks_;
    std::unique_ptr<StateStore> states_;
    std::unique_ptr<DocumentStore> documents_;
    std::shared_ptr<HistoryTree> history_;
    UsedIds used_;
    mutable std::mutex mutex_;  // guards head_ and used_
    SnapshotPtr head_;
};

}  // namespace jangbu::ledger
