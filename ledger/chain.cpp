#include "ledger/chain.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "ledger/recovery.h"

namespace jangbu::ledger {

Chain::Chain(Stores stores, const Genesis& genesis, Application& application,
             const Options& options)
    : genesis_(genesis),
      id_(chain_id(genesis)),
      application_(application),
      options_(options),
      stores_(std::move(stores)),
      history_(std::make_shared<HistoryTree>()) {}

Result<std::unique_ptr<Chain>> Chain::open(Stores stores, const GenesisFile& genesis,
                                           Application& application, const Signer& signer,
                                           const Options& options) {
    std::unique_ptr<Chain> chain(
        new Chain(std::move(stores), genesis.genesis, application, options));
    TRY(Recovery(*chain, genesis, signer).run());
    return chain;
}

Result<std::unique_ptr<Chain>> Chain::open(const std::filesystem::path& folder,
                                           const GenesisFile& genesis, Application& application,
                                           const Signer& signer, const Options& options) {
    Stores stores =
        TRY(open_stores(folder, chain_id(genesis.genesis), options.first_segment_bytes));
    auto chain = open(std::move(stores), genesis, application, signer, options);
    if (!chain) chain.error().detail = folder.string() + ": " + chain.error().detail;
    return chain;
}

Result<std::unique_ptr<Chain>> Chain::open(const std::filesystem::path& folder,
                                           const GenesisFile& genesis, Application& application,
                                           const Signer& signer) {
    return open(folder, genesis, application, signer, Options{});
}

SnapshotPtr Chain::head() const {
    const std::scoped_lock lock(mutex_);
    return head_;
}

bool Chain::is_used(const TxId& id) const {
    const std::scoped_lock lock(mutex_);
    return used_.contains(id);
}

std::size_t Chain::used_count() const {
    const std::scoped_lock lock(mutex_);
    return used_.size();
}

Status Chain::store_documents(std::span<const Document> documents) {
    if (!failure_) return failure_;
    if (Status put = stores_.documents->put(documents); !put) return stop(std::move(put).error());
    return {};
}

// What was named since the list was made is looked up in the few blocks since.
Result<std::size_t> Chain::prune_documents(std::span<const Tombstone> tombstones) {
    if (!failure_) return std::unexpected(failure_.error());
    if (is_open_) return fail(ErrorCode::conflict, "a block is open");
    if (tombstones.empty()) return 0;
    u64 from = ~u64{0};
    for (const Tombstone& one : tombstones) from = std::min(from, one.pruned_height);
    std::set<DocumentHash> named;
    const auto insert = [&](const DocumentRef& ref, u64) -> Status {
        named.insert(ref.hash);
        return {};
    };
    TRY(for_each_named(from + 1, head_->header.height, insert));
    std::vector<Tombstone> going;
    for (const Tombstone& one : tombstones)
        if (!named.contains(one.document.hash)) going.push_back(one);
    if (Status done = stores_.documents->prune(going); !done) return stop(std::move(done).error());
    return going.size();
}

Status Chain::append(BlockInput input, PrunedDocuments pruned) {
    if (!failure_) return failure_;
    if (is_open_) return fail(ErrorCode::conflict, "the last block input has no outcome yet");
    return take(TRY(executor().check(*head_, std::move(input), used_, signatures())),
                std::move(pruned));
}

Result<CheckedBlock> Chain::check_ahead(BlockInput input) const {
    return executor().check_ahead(*head(), std::move(input), signatures());
}

Status Chain::append(CheckedBlock checked, PrunedDocuments pruned) {
    if (!failure_) return failure_;
    if (is_open_) return fail(ErrorCode::conflict, "the last block input has no outcome yet");
    // Its form was judged by another version of the protocol.
    if (checked.protocol_version != head_->header.protocol_version)
        return append(std::move(checked.input), std::move(pruned));
    TRY(executor().check_place(*head_, checked, used_));
    return take(std::move(checked), std::move(pruned));
}

Status Chain::take(CheckedBlock checked, PrunedDocuments pruned) {
    TRY(check_documents(checked, pruned));
    if (Status health = stores_.documents->health(); !health)
        return stop(std::move(health).error());
    if (!pruned.tombstones.empty())
        if (Status put = stores_.documents->put_recorded(checked.input.height, pruned); !put)
            return stop(std::move(put).error());
    if (Status put = stores_.blocks->append_input(checked.input.height, encode(checked.input));
        !put)
        return stop(std::move(put).error());
    is_open_ = true;
    appended_ = std::move(checked);
    recorded_ = std::move(pruned.recorded);
    return {};
}

Result<Execution> Chain::execute(const BlockInput& input) {
    if (!failure_) return std::unexpected(failure_.error());
    // Nothing may be signed that is not durable.
    if (appended_ && appended_->input != input)
        return fail(ErrorCode::conflict, "this block input was not appended");
    return execute();
}

Result<Execution> Chain::execute() {
    if (!failure_) return std::unexpected(failure_.error());
    if (!appended_) return fail(ErrorCode::conflict, "no block input waits for execution");
    const ReplayDocuments documents(*stores_.documents, std::move(recorded_));
    Execution done = executor(documents).execute(*head_, std::move(*appended_));
    appended_.reset();
    recorded_ = {};
    if (documents.taken() > 0)
        log::info("ledger", "outcomes are taken from receipts: their documents are pruned",
                  {{"height", done.header.height}, {"outcomes", documents.taken()}});
    if (Status health = stores_.documents->health(); !health)
        return stop(std::move(health).error());
    return done;
}

Status Chain::commit(Execution execution, const SoloFinality& finality) {
    if (!failure_) return failure_;
    JANGBU_ASSERT(is_open_ && execution.header.parent == head_->hash);
    TRY(check_finality(execution.hash, finality));
    const BlockRecord record{{}, execution.header, std::move(execution.encoded_receipts), finality};
    if (Status put = stores_.blocks->put_outcome(record.header.height, record, execution.ids); !put)
        return stop(std::move(put).error());
    is_open_ = false;
    publish(std::move(execution), finality);
    if (!flusher_.is_busy()) TRY(finish_flush());
    if (unflushed_.size() >= options_.flush_every_blocks) return start_flush();
    return {};
}

Status Chain::check_documents(const CheckedBlock& checked, const PrunedDocuments& pruned) const {
    const auto is_pruned = [&](const DocumentHash& hash) {
        return std::ranges::any_of(pruned.tombstones, [&](const Tombstone& one) {
            return one.document.hash == hash && one.height >= checked.input.height;
        });
    };
    for (std::size_t i = 0; i < checked.ids.size(); ++i)
        for (const DocumentRef& ref : checked.prepared->documents(i))
            if (!stores_.documents->find(ref.hash) && !is_pruned(ref.hash))
                return fail(ErrorCode::verification_failed,
                            "block input refused: document " + ref.hash.hex() + " is not stored");
    return {};
}

Status Chain::check_finality(const HeaderHash& hash, const SoloFinality& finality) const {
    const std::vector<Validator>& validators = genesis_.validators.validators;
    const bool known =
        std::ranges::find(validators, finality.key, &Validator::key) != validators.end();
    if (!known ||
        !crypto::verify(finality.key, crypto::domain::header, hash.bytes, finality.signature))
        return fail(ErrorCode::verification_failed, "the header is not signed by a validator");
    return {};
}

void Chain::publish(Execution execution, const SoloFinality& finality) {
    application_.committed(head_->state, execution.changes);
    history_->append(execution.hash);
    unflushed_.push_back(std::move(execution.changes));
    auto next = std::make_shared<const Snapshot>(execution.header, execution.hash, finality,
                                                 std::move(execution.state), history_);
    const std::scoped_lock lock(mutex_);
    used_.add_block(execution.ids, execution.header.time_ms);
    head_ = std::move(next);
}

// The blocks since the last flush, while the next ones are made. Who comes again too soon waits.
Status Chain::start_flush() {
    TRY(finish_flush());
    // The state may never be ahead of the log.
    if (Status synced = stores_.blocks->sync(); !synced) return stop(std::move(synced).error());
    flushing_ = std::move(unflushed_);
    unflushed_.clear();
    const StateStore::Marker marker{head_->header.height, head_->hash, head_->header.state_root};
    StateTree before = std::move(flushed_);
    flushed_ = options_.undo_blocks > 0 ? head_->state : StateTree();
    flusher_.start([this, marker, before = std::move(before)]() mutable {
        Status put = stores_.states->flush(
            flushing_, marker, undo_window(before, flushing_, marker.height, options_.undo_blocks));
        flushing_.clear();
        before = StateTree();  // nobody waits for the task to be forgotten
        return put;
    });
    return options_.flushes_aside ? Status() : finish_flush();
}

Status Chain::finish_flush() {
    if (Status put = flusher_.wait(); !put) return stop(std::move(put).error());
    return {};
}

std::unexpected<Error> Chain::stop(Error error) {
    failure_ = std::unexpected(error);
    return std::unexpected(std::move(error));
}

}  // namespace jangbu::ledger
