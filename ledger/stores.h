// The two store seams of the ledger, and the document store: segment files for the blocks, LevelDB
// for state and documents; memory in tests.
//
// LevelDB runs with paranoid_checks and verified checksums, and that is not enough: a bit flip in a
// MANIFEST can lose most keys silently. A log that was cut short looks like one that ended. So the
// block log keeps its tip in a second place, and Chain compares hash chain, tip and state root at
// every start. Threads: reads from any thread, writes on the commit strand. Errors: io,
// corrupted. After a failed durable write the node stops; nothing retries an fsync.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "ledger/block.h"
#include "ledger/chain_base.h"
#include "ledger/state_tree.h"
#include "ledger/tombstone.h"
#include "ledger/undo_record.h"

namespace jangbu::ledger {

// A committed block as kept: what was ordered, what came out, whose word stands behind it.
struct BlockRecord {
    Bytes input;  // BCS(BlockInput)
    Header header;
    std::vector<Bytes> receipts;  // BCS(Receipt), in tree order
    SoloFinality finality;
    std::vector<TxId> ids = {};  // of the input's transactions, as read from a log
};

class BlockLog {
public:
    struct Tip {
        u64 height = 0;
        HeaderHash header_hash;
        bool operator==(const Tip&) const = default;
    };
    virtual ~BlockLog() = default;

    // Durable when it returns. Heights are appended in order, from 1.
    virtual Status append_input(u64 height, ByteView input) = 0;
    // The outcome of the last appended input, whose transactions have these ids. It survives the
    // process when it returns, and a loss of power once the next input or sync() has returned; it
    // can be made again from its input. `block.input` is what was appended and is not written
    // again.
    virtual Status put_outcome(u64 height, const BlockRecord& block, std::span<const TxId> ids) = 0;

    // Everything is durable when it returns, tip included.
    virtual Status sync() = 0;

    virtual Result<u64> last_input_height() const = 0;  // 0 if there is none
    // The first block that is there whole: 1, or more after bodies were removed; 0 if there is
    // none. What stands below is not_found, and says so.
    virtual u64 first_height() const = 0;
    // Removes what the store removes as one (segments), where all of it is of this height or below.
    // Any one thread beside the commit strand; readers of what goes finish first.
    virtual Status remove_up_to(u64 height) = 0;
    // `head` is the last block from now on, and what stands above it is gone: all of it, durably,
    // or nothing. REQUIRES: its outcome is there, or it is the base or genesis; nobody else reads.
    virtual Status cut(const Tip& head) = 0;
    // The last outcome as the second place remembers it: an earlier one if the power was lost, one
    // that is still to be made from its input if a crash came between; nothing if there was none.
    virtual Result<std::optional<Tip>> tip() const = 0;
    virtual Result<Bytes> input(u64 height) const = 0;        // not_found, corrupted
    virtual Result<BlockRecord> block(u64 height) const = 0;  // not_found without an outcome
    // Where a transaction stands: height and index among the block's transactions. From the ids of
    // the blocks, which BlockRecord gives as well.
    virtual Result<std::pair<u64, u32>> locate(const TxId& id) const = 0;
};

// A cache of the state map, never ahead of the block log; rebuilt by replay when it is deleted.
class StateStore {
public:
    struct Marker {
        u64 height = 0;
        HeaderHash header_hash;
        Hash state_root{};
        bool operator==(const Marker&) const = default;
    };
    virtual ~StateStore() = default;
    // Nothing if the store is empty.
    virtual Result<std::optional<Marker>> marker() const = 0;
    virtual Status load(const std::function<void(StateKey, Bytes)>& entry) const = 0;
    // The changes of blocks in their order, as one atomic, synced batch of absolute values with its
    // marker and what undoes it.
    virtual Status flush(std::span<const StateTree::Changes> blocks, const Marker& marker,
                         const UndoWindow& undo) = 0;
    // Of the block of this height; nothing if it is not kept.
    virtual Result<std::optional<UndoRecord>> undo(u64 height) const = 0;
};

class DocumentStore : public DocumentReader {
public:
    // Durable when it returns, before the block input that refers to it. What was pruned may come
    // back: then its tombstone goes.
    virtual Status put(std::span<const Document> documents) = 0;
    // Documents go and tombstones stay in their place, all at once and durable.
    virtual Status prune(std::span<const Tombstone> tombstones) = 0;
    // The same for a block that is taken without them: what its outcome will need.
    virtual Status put_recorded(u64 height, const PrunedDocuments& pruned) = 0;
    virtual Result<std::optional<RecordedOutcomes>> recorded_of(u64 height) const = 0;
    virtual Result<std::optional<Tombstone>> tombstone(const DocumentHash& hash) const = 0;
    virtual Result<std::vector<Tombstone>> tombstones() const = 0;  // ascending by document
    // What blocks name whose bodies are about to go, heights ascending; durable when it returns. It
    // goes with the document. From any one thread beside the commit strand.
    virtual Status put_named(std::span<const NamedBelow> named) = 0;
    virtual Result<std::vector<NamedBelow>> named_below() const = 0;  // ascending by document
    // Gives the room of what was pruned back to the disk. Takes long; from any thread.
    virtual void compact() = 0;
    // Reads everything: each document's hash, in ascending order. A document that is not what its
    // hash says is corrupted.
    virtual Result<std::vector<DocumentHash>> check() const = 0;
    // find() cannot tell absent from unreadable, and execution must not mistake one for the other:
    // the first failed read is kept here.
    virtual Status health() const = 0;
};

// What a ledger stands on. Each store has a folder of its own under `folder`.
struct Stores {
    std::unique_ptr<ChainBase> base;  // none in memory
    std::unique_ptr<BlockLog> blocks;
    std::unique_ptr<StateStore> states;
    std::unique_ptr<DocumentStore> documents;
};
inline constexpr u64 first_segment_bytes_usual = 128 << 10;
Result<Stores> open_stores(const std::filesystem::path& folder, const ChainId& chain,
                           u64 first_segment_bytes = first_segment_bytes_usual);

// A log of another ledger, or of an earlier version, is a conflict. One that ends in a record that
// is not whole is taken up to there; nothing is changed on disk before the first append. Blocks up
// to `base` may be missing in front; the first append to an empty log comes right behind it. Each
// segment that is made is twice as large as the one before.
Result<std::unique_ptr<BlockLog>> open_block_log(
    const std::filesystem::path& folder, const ChainId& chain, u64 base = 0,
    u64 first_segment_bytes = first_segment_bytes_usual);
Result<std::unique_ptr<StateStore>> open_state_store(const std::filesystem::path& folder);
Result<std::unique_ptr<DocumentStore>> open_document_store(const std::filesystem::path& folder);

}  // namespace jangbu::ledger
