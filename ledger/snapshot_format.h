// The bytes of a snapshot, and what makes them believable (docs/formats.md section 16).
//
// A snapshot is the state of one height in chunks by the first bits of the hashed key, and the
// transactions of the replay window, from which the used ids follow. Each state chunk is checked
// alone against its subtree hash; all subtree hashes together give the state root of the signed
// header; each block of the window is checked against the transaction root of its own header. So
// nothing in a snapshot is anybody's word but the validator's. A decoded record is nobody's word
// until it was checked here. Threads: pure functions. Errors: malformed, verification_failed,
// limit_exceeded.
#pragma once

#include <functional>

#include "ledger/genesis.h"
#include "ledger/state_entry.h"
#include "ledger/state_view.h"

namespace jangbu::ledger {

namespace limits {
inline constexpr std::size_t snapshot_prefix_bits_max = 16;
inline constexpr std::size_t snapshot_chunk_bytes = 1 << 20;       // what a writer aims at
inline constexpr std::size_t snapshot_chunk_bytes_max = 64 << 20;  // decompressed
inline constexpr std::size_t snapshot_file_bytes_max = 65 << 20;   // as it travels
inline constexpr std::size_t snapshot_leaves_max = 1 << 20;        // of a chunk
inline constexpr std::size_t snapshot_window_chunks_max = 1 << 16;
inline constexpr std::size_t snapshot_manifest_bytes_max = 16 << 20;
}  // namespace limits

// A file of a snapshot: one zstd frame.
struct ChunkFile {
    u32 content_bytes = 0;  // decompressed
    u32 bytes = 0;
    Hash hash{};  // SHA-256 of the file
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.content_bytes);
        c(self.bytes);
        c(self.hash);
    }
    bool operator==(const ChunkFile&) const = default;
};

// All keys with one prefix. Without leaves there is no file, and everything is zero.
struct StateChunkEntry {
    Hash subtree{};
    u32 leaves = 0;
    ChunkFile file;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.subtree);
        c(self.leaves);
        c(self.file);
    }
    bool operator==(const StateChunkEntry&) const = default;
};

struct WindowChunkEntry {
    u64 first = 0;  // heights, both included
    u64 last = 0;
    ChunkFile file;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.first);
        c(self.last);
        c(self.file);
    }
    bool operator==(const WindowChunkEntry&) const = default;
};

struct SnapshotManifest {
    SignedHeader head;
    u8 prefix_bits = 0;
    std::vector<StateChunkEntry> state;    // 2^prefix_bits, by prefix
    std::vector<WindowChunkEntry> window;  // heights in a row, up to the head

    static constexpr std::size_t bytes_max = limits::snapshot_manifest_bytes_max;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.head);
        c(self.prefix_bits);
        c.list(self.state, 1, std::size_t{1} << limits::snapshot_prefix_bits_max);
        c.list(self.window, 0, limits::snapshot_window_chunks_max);
    }
    bool operator==(const SnapshotManifest&) const = default;

    u64 height() const { return head.header.height; }
    // Files are numbered: those of the state, then those of the window.
    std::size_t file_count() const { return state.size() + window.size(); }
    const ChunkFile& file(std::size_t number) const {
        return number < state.size() ? state[number].file : window[number - state.size()].file;
    }
    u64 bytes() const;  // of all files
};

struct StateChunk {
    std::vector<StateEntry> entries;  // ascending by hashed key
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.list(self.entries, 1, limits::snapshot_leaves_max);
    }
};

// What stands behind the transaction root of a block.
struct UsedTransaction {
    TxId id;
    Signature signature{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.id);
        c(self.signature);
    }
    bool operator==(const UsedTransaction&) const = default;
};
struct WindowBlock {
    u64 height = 0;
    std::vector<UsedTransaction> transactions;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.height);
        c.list(self.transactions, 1, limits::block_transactions_max);
    }
    bool operator==(const WindowBlock&) const = default;
};
struct WindowChunk {
    std::vector<WindowBlock> blocks;  // those with transactions, ascending
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.ascending(self.blocks, 0, limits::snapshot_chunk_bytes_max / 96,
                    [](const WindowBlock& block) { return block.height; });
    }
};

// A header that the caller believes already.
using HeaderAt = std::function<Result<Header>(u64 height)>;

Result<SnapshotManifest> decode_manifest(ByteView bytes);
// By itself: form and bounds, the validator's signature, and that the subtrees give its state root.
Status check_manifest(const SnapshotManifest& manifest, const Genesis& genesis);
// And that the window begins where the replay window of its head does. The head must be the
// believed header of its height.
Status check_window(const SnapshotManifest& manifest, const HeaderAt& headers);
// The first height whose ids a block on top of `head` may not use again.
Result<u64> window_start(const Header& head, const HeaderAt& headers);

// REQUIRES: the manifest was checked; number < manifest.state.size() and it has leaves.
Result<StateChunk> read_state_chunk(const SnapshotManifest& manifest, std::size_t number,
                                    ByteView file);
// REQUIRES: the manifest and its window were checked; number counts from 0.
Result<WindowChunk> read_window_chunk(const SnapshotManifest& manifest, std::size_t number,
                                      ByteView file, const HeaderAt& headers);

// The root over the subtrees of all prefixes. REQUIRES: a power of two of them.
Hash fold_subtrees(std::span<const StateChunkEntry> subtrees);

}  // namespace jangbu::ledger
