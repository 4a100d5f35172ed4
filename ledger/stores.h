// The two store seams of the ledger, and the document store. LevelDB behind each; memory in tests.
//
// Every LevelDB here runs with paranoid_checks and verified checksums, and that is not enough (a bit flip in a MANIFEST
// can lose most keys silently): Chain compares its own hash chain and state root at every start.
// Threads: reads from any thread, writes on the commit strand. Errors: io, corrupted. After a failed durable write the
// node stops; nothing retries an fsync.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "ledger/block.h"
#include "ledger/state_tree.h"

namespace jangbu::ledger {

// A committed block as kept: what was ordered, what came out, whose word stands behind it.
struct BlockRecord {
    Bytes input;     // BCS(BlockInput)
    Header header;
    std::vector<Bytes> receipts;  // BCS(Receipt), in tree order
    SoloFinality finality;
};

class BlockLog {
public:
    virtual ~BlockLog() = default;
    // Durable when it returns. Heights are appended in order, from 1.
    virtual Status append_input(u64 height, ByteView input) = 0;
    // The outcome of the last appended input. Need not be durable: it can be recomputed but for the signature.
    virtual Status put_outcome(u64 height, const BlockRecord& block) = 0;

    virtual Result<u64> last_input_height() const = 0;   // 0 if there is none
    virtual Result<Bytes> input(u64 height) const = 0;   // not_found, corrupted
    virtual Result<BlockRecord> block(u64 height) const = 0;
    // Where a transaction stands: height and index among the block's transactions.
    virtual Result<std::pair<u64, u32>> locate(const TxId& id) const = 0;
};

class StateStore {
public:
    struct Marker {
        u64 height = 0;
        HeaderHash header_hash;
        Hash state_root{};
    };
    virtual ~StateStore() = default;
    // Nothing if the store is empty.
    virtual Result<std::optional<Marker>> marker() const = 0;
    virtual Status load(const std::function<void(StateKey, Bytes)>& entry) const = 0;
    // One atomic, synced batch of absolute values with its marker.
    virtual Status flush(const StateTree::Changes& changes, const Marker& marker) = 0;
};

class DocumentStore : public DocumentReader {
public:
    // Durable when it returns, before the block input that refers to it.
    virtual Status put(std::span<const Document> documents) = 0;
};

Result<std::unique_ptr<BlockLog>> open_block_log(const std::filesystem::path& folder, const OperationCodec& codec,
                                                 const ChainId& chain);
Result<std::unique_ptr<StateStore>> open_state_store(const std::filesystem::path& folder);
Result<std::unique_ptr<DocumentStore>> open_document_store(const std::filesystem::path& folder);

}  // namespace jangbu::ledger
