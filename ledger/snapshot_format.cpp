#include "ledger/snapshot_format.h"

#include <algorithm>
#include <bit>

#include "crypto/many_hashes.h"
#include "crypto/merkle.h"
#include "ledger/evidence.h"
#include "ledger/sparse_subtrees.h"
#include "ledger/state_hashes.h"
#include "ledger/zstd_frame.h"

namespace jangbu::ledger {
namespace {

std::unexpected<Error> bad(std::string what) {
    return fail(ErrorCode::verification_failed, "snapshot: " + std::move(what));
}
std::string chunk_text(std::size_t number) {
    return "state chunk " + std::to_string(number);
}
std::string window_text(std::size_t number) {
    return "window chunk " + std::to_string(number);
}

Status check_file(const ChunkFile& file, const std::string& what) {
    if (file.content_bytes == 0 || file.content_bytes > limits::snapshot_chunk_bytes_max ||
        file.bytes == 0 || file.bytes > limits::snapshot_file_bytes_max)
        return bad(what + " has a size outside its bounds");
    return {};
}

Status check_state_list(const SnapshotManifest& manifest) {
    for (std::size_t i = 0; i < manifest.state.size(); ++i) {
        const StateChunkEntry& entry = manifest.state[i];
        if (entry.leaves == 0) {
            if (entry != StateChunkEntry()) return bad(chunk_text(i) + " is empty and is not");
            continue;
        }
        if (entry.leaves > limits::snapshot_leaves_max)
            return bad(chunk_text(i) + " has too many leaves");
        TRY(check_file(entry.file, chunk_text(i)));
    }
    return {};
}

Status check_window_list(const SnapshotManifest& manifest) {
    for (std::size_t i = 0; i < manifest.window.size(); ++i) {
        const WindowChunkEntry& entry = manifest.window[i];
        TRY(check_file(entry.file, window_text(i)));
        const bool in_a_row = i == 0 || entry.first == manifest.window[i - 1].last + 1;
        if (entry.first == 0 || entry.last < entry.first || !in_a_row)
            return bad(window_text(i) + " does not follow the one before");
    }
    if (manifest.window.empty() || manifest.window.back().last != manifest.height())
        return bad("its window does not end at its head");
    return {};
}

// The content of a file that is the one of the manifest.
Result<Bytes> open_file(const ChunkFile& entry, ByteView file, const std::string& what) {
    if (file.size() != entry.bytes || crypto::sha256(file) != entry.hash)
        return bad(what + " is not the file that the manifest names");
    Result<Bytes> content = decompress_frame(file, entry.content_bytes);
    if (!content) return bad(what + ": " + content.error().detail);
    return content;
}

// The leaves of a chunk, in its order.
std::vector<sparse::Entry> leaves_of(const StateChunk& chunk) {
    const std::size_t count = chunk.entries.size();
    std::vector<crypto::MessageParts> messages(count);
    std::vector<Hash> keys(count);
    std::vector<Hash> values(count);
    std::vector<Hash> leaves(count);
    for (std::size_t i = 0; i < count; ++i) messages[i] = {chunk.entries[i].key, {}, {}};
    hashed_state_keys(messages, keys);
    for (std::size_t i = 0; i < count; ++i) messages[i] = {chunk.entries[i].value, {}, {}};
    crypto::sha256_many(messages, values);
    for (std::size_t i = 0; i < count; ++i) messages[i] = {keys[i], values[i], {}};
    state_leaf_hashes(messages, leaves);
    std::vector<sparse::Entry> out(count);
    for (std::size_t i = 0; i < count; ++i) out[i] = {keys[i], leaves[i], nullptr};
    return out;
}

struct Folded {
    Hash hash{};
    u64 leaves = 0;
};
// A subtree with one leaf is that leaf's hash.
Folded join(const Folded& left, const Folded& right) {
    const u64 leaves = left.leaves + right.leaves;
    if (leaves > 1) return {state_node_hash(left.hash, right.hash), leaves};
    return left.leaves == 1 ? left : right;
}

Status check_block(const WindowBlock& block, const Header& header) {
    std::vector<Hash> leaves;
    leaves.reserve(block.transactions.size());
    for (const UsedTransaction& one : block.transactions)
        leaves.push_back(crypto::merkle::leaf(leaf_entry(one.id, one.signature)));
    if (header.tx_count != leaves.size() || header.tx_root != crypto::merkle::root(leaves))
        return bad("the transactions of height " + std::to_string(block.height) +
                   " do not have the root of its header");
    return {};
}

}  // namespace

u64 SnapshotManifest::bytes() const {
    u64 sum = 0;
    for (std::size_t i = 0; i < file_count(); ++i) sum += file(i).bytes;
    return sum;
}

Hash fold_subtrees(std::span<const StateChunkEntry> subtrees) {
    JANGBU_ASSERT(std::has_single_bit(subtrees.size()));
    std::vector<Folded> level;
    level.reserve(subtrees.size());
    for (const StateChunkEntry& entry : subtrees) level.push_back({entry.subtree, entry.leaves});
    while (level.size() > 1) {
        for (std::size_t i = 0; i < level.size() / 2; ++i)
            level[i] = join(level[2 * i], level[2 * i + 1]);
        level.resize(level.size() / 2);
    }
    return level[0].hash;
}

Result<SnapshotManifest> decode_manifest(ByteView bytes) {
    if (bytes.size() > limits::snapshot_manifest_bytes_max)
        return fail(ErrorCode::limit_exceeded, "snapshot: the manifest is too large");
    Result<SnapshotManifest> manifest = bcs::decode<SnapshotManifest>(bytes);
    if (!manifest)
        return fail(ErrorCode::malformed, "snapshot: the manifest: " + manifest.error().detail);
    return manifest;
}

Status check_manifest(const SnapshotManifest& manifest, const Genesis& genesis) {
    if (manifest.prefix_bits > limits::snapshot_prefix_bits_max ||
        manifest.state.size() != std::size_t{1} << manifest.prefix_bits)
        return bad("its chunks are not one for each prefix");
    if (manifest.height() == 0) return bad("of height 0");
    if (const Status known = check_signed(manifest.head, genesis); !known)
        return bad(known.error().detail);
    TRY(check_state_list(manifest));
    TRY(check_window_list(manifest));
    if (fold_subtrees(manifest.state) != manifest.head.header.state_root)
        return bad("its chunks do not have the state root of its header");
    return {};
}

// UsedIds forgets what is older than the window by more than nothing: ledger/used_ids.h.
Result<u64> window_start(const Header& head, const HeaderAt& headers) {
    u64 least = 1;
    u64 most = head.height;  // the head itself is always within
    if (head.time_ms <= limits::window_ms_most) return least;
    const u64 from_ms = head.time_ms - limits::window_ms_most;
    while (least < most) {
        const u64 middle = least + (most - least) / 2;
        const Header header = TRY(headers(middle));
        if (header.time_ms < from_ms)
            least = middle + 1;
        else
            most = middle;
    }
    return least;
}

Status check_window(const SnapshotManifest& manifest, const HeaderAt& headers) {
    const Header head = TRY(headers(manifest.height()));
    if (head != manifest.head.header)
        return bad("its header is not the one of height " + std::to_string(manifest.height()));
    const u64 first = TRY(window_start(head, headers));
    if (manifest.window.front().first != first)
        return bad("its window begins at height " + std::to_string(manifest.window.front().first) +
                   ", not at " + std::to_string(first));
    return {};
}

Result<StateChunk> read_state_chunk(const SnapshotManifest& manifest, std::size_t number,
                                    ByteView file) {
    const StateChunkEntry& entry = manifest.state[number];
    const Bytes content = TRY(open_file(entry.file, file, chunk_text(number)));
    Result<StateChunk> chunk = bcs::decode<StateChunk>(content);
    if (!chunk) return bad(chunk_text(number) + ": " + chunk.error().detail);
    if (chunk->entries.size() != entry.leaves)
        return bad(chunk_text(number) + " has another number of leaves");
    const std::vector<sparse::Entry> leaves = leaves_of(*chunk);
    const std::size_t bits = manifest.prefix_bits;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        if (bits > 0 && sparse::index_at(leaves[i].key, bits) != number)
            return bad(chunk_text(number) + " holds a key of another prefix");
        if (i > 0 && !(leaves[i - 1].key < leaves[i].key))
            return bad(chunk_text(number) + " is not in ascending order");
    }
    if (sparse::subtree_hash(leaves, bits) != entry.subtree)
        return bad(chunk_text(number) + " does not have its subtree hash");
    return chunk;
}

Result<WindowChunk> read_window_chunk(const SnapshotManifest& manifest, std::size_t number,
                                      ByteView file, const HeaderAt& headers) {
    const WindowChunkEntry& entry = manifest.window[number];
    const Bytes content = TRY(open_file(entry.file, file, window_text(number)));
    Result<WindowChunk> chunk = bcs::decode<WindowChunk>(content);
    if (!chunk) return bad(window_text(number) + ": " + chunk.error().detail);
    std::size_t next = 0;
    for (u64 height = entry.first; height <= entry.last; ++height) {
        const Header header = TRY(headers(height));
        if (header.tx_count == 0) continue;
        if (next == chunk->blocks.size() || chunk->blocks[next].height != height)
            return bad(window_text(number) + " lacks height " + std::to_string(height));
        TRY(check_block(chunk->blocks[next++], header));
    }
    if (next != chunk->blocks.size()) return bad(window_text(number) + " holds another height");
    return chunk;
}

}  // namespace jangbu::ledger
