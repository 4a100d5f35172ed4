#include "ledger/recovery.h"

#include <algorithm>

#include "base/log.h"
#include "ledger/header_chain.h"
#include "ledger/height_text.h"
#include "ledger/snapshot_reader.h"
#include "ledger/snapshot_writer.h"

namespace jangbu::ledger {
namespace {

// The block log is the ledger: only a copy can replace it.
std::unexpected<Error> bad_log(const std::string& what) {
    return fail(ErrorCode::corrupted, "block log: " + what + "; restore the ledger from a backup");
}
std::unexpected<Error> bad_log(u64 height, const std::string& what) {
    return bad_log(height_text(height) + ": " + what);
}
// So is the snapshot of the base, once the bodies below it are gone.
std::unexpected<Error> base_snapshot_lost(const Error& error) {
    const ErrorCode code = error.code == ErrorCode::io ? ErrorCode::io : ErrorCode::corrupted;
    return fail(code, "the snapshot of the ledger's base: " + error.detail +
                          "; restore the ledger from a backup");
}
// The state store is a cache.
std::unexpected<Error> bad_state(const std::string& what) {
    return fail(ErrorCode::corrupted, "state store: " + what +
                                          "; delete the folder of the state store, it is made "
                                          "again from the block log");
}

std::unexpected<Error> no_way_back(u64 height, const std::string& why) {
    return fail(ErrorCode::conflict,
                "the ledger cannot go back to " + height_text(height) + ": " + why);
}

}  // namespace

Status check_way_back(const Stores& stores, u64 height) {
    const u64 base = stores.base ? stores.base->height() : 0;
    if (height < base)
        return no_way_back(height, "it begins at " + height_text(base) +
                                       ", what is below was pruned; begin anew from a snapshot, in "
                                       "another folder");
    const std::optional<StateStore::Marker> marker = TRY(stores.states->marker());
    for (u64 above = marker ? marker->height : 0; above > height; --above)
        if (!TRY(stores.states->undo(above)))
            return no_way_back(height, "its state is at " + height_text(marker->height) +
                                           " and can go back to " + height_text(above) +
                                           "; begin anew from a snapshot, in another folder, or "
                                           "delete the folder of the state store: then every block "
                                           "up to there is executed again");
    return {};
}

Status Recovery::run() {
    TRY(read_heights());
    TRY(read_state());
    if (chain_.options_.undo_blocks > 0) chain_.flushed_ = state_;
    TRY(read_documents());
    TRY(start_at_base());
    chain_.application_.rebuild(state_);
    for (u64 height = base_ + 1; height <= last_outcome_; ++height) TRY(take_block(height));
    if (recorded_outcomes_ > 0)
        log::info("ledger", "outcomes are taken from receipts: their documents are pruned",
                  {{"outcomes", recorded_outcomes_}});
    TRY(check_tip());
    TRY(go_back());
    TRY(finish_last_input());
    TRY(sign_genesis());
    if (!chain_.unflushed_.empty()) TRY(chain_.start_flush());
    return chain_.finish_flush();
}

Status Recovery::read_heights() {
    const BlockLog& blocks = *chain_.stores_.blocks;
    base_ = chain_.base_height();
    last_input_ = TRY(blocks.last_input_height());
    tip_ = TRY(blocks.tip());
    // A follower that began at a snapshot has no block yet.
    if (last_input_ == 0 && !tip_) last_input_ = base_;
    last_outcome_ = last_input_;
    if (last_input_ > base_) {
        const Result<BlockRecord> last = blocks.block(last_input_);
        if (!last && last.error().code != ErrorCode::not_found)
            return std::unexpected(last.error());
        if (!last) --last_outcome_;
    }
    const u64 remembered = std::max(tip_ ? tip_->height : 0, base_);
    if (last_input_ < remembered)
        return bad_log("it ends at " + height_text(last_input_) + " but its head was at " +
                       height_text(remembered) + ": its end is lost");
    // After a loss of power the file head may lag behind; take_block compares it with its block.
    if (last_outcome_ > base_ + 1 && !tip_) return bad_log("the file head is missing");
    log_outcome_ = last_outcome_;
    const std::optional<u64> engine = chain_.options_.head_height;
    return engine && *engine < last_input_ ? leave_above(*engine) : Status();
}

// From here on the log counts as ending there. Nothing is changed on disk before all of it up to
// there was checked.
Status Recovery::leave_above(u64 height) {
    TRY(check_way_back(chain_.stores_, height));
    goes_back_ = true;
    last_input_ = last_outcome_ = height;
    return {};
}

Result<Header> Recovery::header_at(u64 height) const {
    if (height == 0) return header_zero(genesis_.genesis);
    if (height <= base_) return TRY(chain_.base()->headers().read(height)).header;
    return TRY(chain_.stores_.blocks->block(height)).header;
}

Status Recovery::read_state() {
    StateStore& states = *chain_.stores_.states;
    const StateRoom& room = chain_.options_.state_room;
    const std::optional<StateStore::Marker> marker = TRY(states.marker());
    if (!marker && base_ > 0) return load_base_state();
    if (!marker) {
        StateTree::Changes entries;
        for (const auto& [key, value] : genesis_.state) entries.emplace(key, value);
        state_ = StateTree(room).updated(entries);
        if (state_.root() != genesis_.genesis.state_root)
            return fail(ErrorCode::verification_failed,
                        "genesis file: its entries do not have the state root of its genesis");
        const Header zero = header_zero(genesis_.genesis);
        marker_ = {0, header_hash(zero), zero.state_root};
        return states.flush({&entries, 1}, marker_, {});
    }
    marker_ = *marker;
    if (marker_.height > log_outcome_)
        return bad_state("it is at " + height_text(marker_.height) +
                         ", ahead of the block log at " + height_text(log_outcome_));
    if (marker_.height < base_)
        return bad_state("it is at " + height_text(marker_.height) +
                         ", below the base of the ledger at " + height_text(base_));
    if (marker_.height == 0 && (marker_.header_hash != header_hash(header_zero(genesis_.genesis)) ||
                                marker_.state_root != genesis_.genesis.state_root))
        return bad_state("it holds another state than the genesis");
    StateTree::Builder entries(room);
    TRY(states.load(
        [&](StateKey key, Bytes value) { entries.add(std::move(key), std::move(value)); }));
    state_ = entries.take();
#ifndef JANGBU_PLANT_SKIP_ROOT_CHECK  // tests/faults: a fault that the campaign must find
    if (state_.root() != marker_.state_root)
        return bad_state("its entries do not have the state root of " +
                         height_text(marker_.height));
#endif
    return marker_.height > last_outcome_ ? undo_state() : Status();
}

// In memory only: the store follows in go_back().
Status Recovery::undo_state() {
    StateTree::Changes back;
    for (u64 height = marker_.height; height > last_outcome_; --height) {
        std::optional<UndoRecord> record = TRY(chain_.stores_.states->undo(height));
        if (!record) return bad_state("what block " + std::to_string(height) + " changed is lost");
        add_undo(std::move(*record), back);
    }
    state_ = state_.updated(back);
    const Header reached = TRY(header_at(last_outcome_));
    if (state_.root() != reached.state_root)
        return bad_state("what it keeps to go back by does not lead to the state root of " +
                         height_text(last_outcome_));
    marker_ = {reached.height, header_hash(reached), reached.state_root};
    undone_ = std::move(back);
    return {};
}

// The state store was deleted, or there was none yet: the blocks that made it are gone.
Status Recovery::load_base_state() {
    const Result<SnapshotReader> snapshot =
        SnapshotReader::open(chain_.base()->snapshot(), genesis_.genesis);
    if (!snapshot) return base_snapshot_lost(snapshot.error());
    StateTree::Changes entries;
    const Status read = snapshot->for_each_entry([&](StateEntry&& entry) -> Status {
        entries.emplace(std::move(entry.key), std::move(entry.value));
        return {};
    });
    if (!read) return base_snapshot_lost(read.error());
    state_ = StateTree(chain_.options_.state_room).updated(entries);
    const SignedHeader& head = snapshot->manifest().head;
    marker_ = {base_, header_hash(head.header), head.header.state_root};
    if (marker_.header_hash != chain_.base()->header_hash() || state_.root() != marker_.state_root)
        return base_snapshot_lost(
            {ErrorCode::corrupted, snapshot->folder().string() + ": another snapshot"});
    log::info("ledger", "the state is taken from a snapshot", {{"height", base_}});
    return chain_.stores_.states->flush({&entries, 1}, marker_, {});
}

// Behind it every block is there.
Status Recovery::start_at_base() {
    if (base_ > 0) {
        TRY(take_headers());
        return take_window();
    }
    const Header zero = header_zero(genesis_.genesis);
    const HeaderHash hash = header_hash(zero);
    chain_.history_->append(hash);
    chain_.head_ =
        std::make_shared<const Snapshot>(zero, hash, SoloFinality{}, state_, chain_.history_);
    return {};
}

// One signature, of the base, covers every earlier header by its hash.
Status Recovery::take_headers() {
    constexpr std::size_t read_at_once = 4'096;
    const ChainBase& base = *chain_.base();
    HeaderChain headers(genesis_.genesis, *chain_.history_);
    SoloFinality finality;
    while (headers.last().height < base_) {
        const u64 from = headers.last().height + 1;
        const std::size_t count = std::min<u64>(read_at_once, base_ - from + 1);
        const std::vector<SignedHeader> some = TRY(base.headers().read(from, count));
        if (some.size() != count)
            return bad_log("the file headers ends before " + height_text(base_));
        for (const SignedHeader& one : some)
            if (const Status linked = headers.add(one.header); !linked)
                return bad_log("the file headers: " + linked.error().detail);
        finality = some.back().finality;
    }
    if (headers.hash() != base.header_hash())
        return bad_log("the file headers is not the one of the ledger's base");
    if (!chain_.check_finality(headers.hash(), finality))
        return bad_log("the base at " + height_text(base_) + " is not signed by a validator");
    if (tip_ && tip_->height == base_ && tip_->header_hash != headers.hash())
        return bad_log(base_, "is not the block that the file head names");
    if (marker_.height == base_ &&
        (marker_.header_hash != headers.hash() || marker_.state_root != headers.last().state_root))
        return bad_state("it holds another state than " + height_text(base_));
    chain_.head_ = std::make_shared<const Snapshot>(headers.last(), headers.hash(), finality,
                                                    state_, chain_.history_);
    return {};
}

// What the last 24 h up to the base used.
Status Recovery::take_window() {
    const ChainBase& base = *chain_.base();
    const auto headers = [&](u64 height) -> Result<Header> {
        return TRY(base.headers().read(height)).header;
    };
    const Result<SnapshotReader> snapshot = SnapshotReader::open(base.snapshot(), genesis_.genesis);
    if (!snapshot) return base_snapshot_lost(snapshot.error());
    const Status taken =
        snapshot->for_each_window_block(headers, [&](const WindowBlock& block) -> Status {
            std::vector<TxId> ids;
            for (const UsedTransaction& one : block.transactions) ids.push_back(one.id);
            const Header header = TRY(headers(block.height));
            chain_.used_.add_block(ids, header.time_ms);
            return {};
        });
    return taken ? taken : base_snapshot_lost(taken.error());
}

// Up to the marker the head carries the marker's state; nobody executes on it before it is reached.
Status Recovery::take_block(u64 height) {
    const Result<BlockRecord> block = chain_.stores_.blocks->block(height);
    if (!block && block.error().code == ErrorCode::not_found) return bad_log(height, "is missing");
    if (!block) return std::unexpected(block.error());
    Result<BlockInput> input = decode_block_input(block->input, chain_.application_);
    if (!input) return bad_log(height, "its input: " + input.error().detail);
    TRY(check_links(block->header, *input));
    if (tip_ && tip_->height == height && tip_->header_hash != header_hash(block->header))
        return bad_log(height, "is not the block that the file head names");
    const std::vector<TxId> ids = txids(chain_.id_, input->transactions);
    TRY(check_content(*block, *input, ids));
    TRY(check_documents(*input));
    return height <= marker_.height ? keep(*block, ids) : replay(*block, std::move(*input));
}

Status Recovery::check_links(const Header& header, const BlockInput& input) const {
    const Header& before = chain_.head_->header;
    const u64 height = before.height + 1;
    if (header.height != height || input.height != height)
        return bad_log(height, "holds another height");
    if (header.chain_id != chain_.id_) return bad_log(height, "belongs to another ledger");
    if (header.parent != chain_.head_->hash || input.parent != header.parent)
        return bad_log(height, "does not follow from " + height_text(before.height));
    if (header.time_ms <= before.time_ms || header.time_ms != input.time_ms ||
        header.epoch != input.epoch)
        return bad_log(height, "header and input do not agree");
    if (header.history_root != chain_.history_->root(height))
        return bad_log(height, "another history root");
    if (header.validators_hash != before.next_validators_hash)
        return bad_log(height, "other validators");
    return {};
}

Status Recovery::check_content(const BlockRecord& block, const BlockInput& input,
                               std::span<const TxId> ids) const {
    const Header& header = block.header;
    const u64 height = header.height;
    if (header.tx_count != ids.size() || header.tx_root != tx_root(ids, input.transactions))
        return bad_log(height, "its transactions do not have the root of its header");
    if (header.receipt_count != block.receipts.size() ||
        header.receipt_root != receipt_root(block.receipts))
        return bad_log(height, "its receipts do not have the root of its header");
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (chain_.used_.contains(ids[i])) return bad_log(height, "a transaction stands twice");
        if (i >= block.ids.size() || block.ids[i] != ids[i])  // the index is made of them
            return bad_log(height, "transaction " + ids[i].hex() + " is not in the index");
    }
    return {};
}

Status Recovery::read_documents() {
    documents_ = TRY(chain_.stores_.documents->check());
    for (const Tombstone& one : TRY(chain_.stores_.documents->tombstones()))
        pruned_.emplace_back(one.document.hash, one.height);
    return {};
}

// A tombstone speaks for the blocks before it; one that came later needs the document.
Status Recovery::check_documents(const BlockInput& input) const {
    const auto is_pruned = [&](const DocumentHash& hash) {
        const auto at = std::ranges::lower_bound(pruned_, std::pair(hash, input.height));
        return at != pruned_.end() && at->first == hash;
    };
    for (const Transaction& transaction : input.transactions)
        for (const DocumentRef& ref : chain_.application_.documents(transaction.body.operation))
            if (!std::ranges::binary_search(documents_, ref.hash) && !is_pruned(ref.hash))
                return fail(ErrorCode::corrupted,
                            "document store: document " + ref.hash.hex() + " of " +
                                height_text(input.height) +
                                " is missing; restore the ledger from a backup");
    return {};
}

Status Recovery::keep(const BlockRecord& block, std::span<const TxId> ids) {
    const HeaderHash hash = header_hash(block.header);
    if (block.header.height == marker_.height &&
        (hash != marker_.header_hash || block.header.state_root != marker_.state_root))
        return bad_state("it holds another state than " + height_text(marker_.height));
    chain_.history_->append(hash);
    chain_.used_.add_block(ids, block.header.time_ms);
    chain_.head_ = std::make_shared<const Snapshot>(block.header, hash, block.finality, state_,
                                                    chain_.history_);
    return {};
}

Status Recovery::replay(const BlockRecord& block, BlockInput input) {
    const u64 height = block.header.height;
    // The signatures are under tx_root, and with it under every later head.
    // What was judged by a document that is pruned since is taken from its receipt, whose root is
    // under that head as well; the header below then compares all that followed from it.
    const ReplayDocuments documents(*chain_.stores_.documents,
                                    TRY(ReplayDocuments::outcomes_of(block.receipts)));
    Result<Execution> again =
        chain_.executor(documents).execute(*chain_.head_, std::move(input), chain_.used_, nullptr);
    recorded_outcomes_ += documents.taken();
    if (!again) return bad_log(height, again.error().detail);
    TRY(chain_.stores_.documents->health());
    if (again->hash != header_hash(block.header))
        return bad_log(height, "executing it again gives another header");
    chain_.publish(std::move(*again), block.finality);
    // However long the way is, memory holds the changes of few blocks.
    if (chain_.unflushed_.size() >= chain_.options_.flush_every_blocks) return chain_.start_flush();
    return {};
}

Status Recovery::check_tip() const {
    const Snapshot& head = *chain_.head_;
    if (head.header.height == 0) return {};
    // One signature covers every earlier header by its hash.
    if (!chain_.check_finality(head.hash, head.finality))
        return bad_log(head.header.height, "is not signed by a validator");
    return {};
}

// The state first, which replay brings forward again if a crash comes next; then what is derived
// from blocks above; then the log, in one step.
Status Recovery::go_back() {
    if (!goes_back_) return {};
    const Snapshot& head = *chain_.head_;
    TRY(chain_.finish_flush());
    if (undone_) TRY(chain_.stores_.states->flush({&*undone_, 1}, marker_, {{}, 0}));
    if (const ChainBase* base = chain_.base())
        for (const u64 height : TRY(snapshot_heights(base->snapshots())))
            if (height > head.header.height) TRY(remove_snapshot(base->snapshots(), height));
    TRY(chain_.stores_.blocks->cut({head.header.height, head.hash}));
    log::warn("ledger", "the ledger went back",
              {{"from", log_outcome_}, {"to", head.header.height}});
    return {};
}

// Durable, perhaps signed, but without an outcome: the crash came in between.
Status Recovery::finish_last_input() {
    if (last_input_ == last_outcome_) return {};
    const Bytes bytes = TRY(chain_.stores_.blocks->input(last_input_));
    Result<BlockInput> input = decode_block_input(bytes, chain_.application_);
    if (!input) return bad_log(last_input_, "its input: " + input.error().detail);
    TRY(check_documents(*input));
    auto checked = chain_.executor().check(*chain_.head_, std::move(*input), chain_.used_,
                                           chain_.signatures());
    if (!checked) return bad_log(last_input_, checked.error().detail);
    chain_.is_open_ = true;
    chain_.appended_ = std::move(*checked);
    if (auto recorded = TRY(chain_.stores_.documents->recorded_of(last_input_)))
        chain_.recorded_ = std::move(*recorded);
    Result<Execution> execution = chain_.execute();
    if (!execution) return std::unexpected(std::move(execution).error());
    if (tip_ && tip_->height == last_input_ && tip_->header_hash != execution->hash)
        return bad_log(last_input_, "is not the block that the file head names");
    const SoloFinality finality = TRY(signer_(execution->header, execution->hash));
    log::info("ledger", "finished a block that a crash interrupted", {{"height", last_input_}});
    return chain_.commit(std::move(*execution), finality);
}

Status Recovery::sign_genesis() {
    const Snapshot& head = *chain_.head_;
    if (head.header.height > 0 || !chain_.options_.signs_genesis) return {};
    const SoloFinality finality = TRY(signer_(head.header, head.hash));
    TRY(chain_.check_finality(head.hash, finality));
    chain_.head_ = std::make_shared<const Snapshot>(head.header, head.hash, finality, head.state,
                                                    head.history);
    return {};
}

}  // namespace jangbu::ledger
