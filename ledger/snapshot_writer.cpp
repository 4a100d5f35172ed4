#include "ledger/snapshot_writer.h"

#include <algorithm>
#include <system_error>

#include "base/file.h"
#include "ledger/snapshot_reader.h"
#include "ledger/sparse_subtrees.h"
#include "ledger/zstd_frame.h"

namespace jangbu::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t bits_max = limits::snapshot_prefix_bits_max;

struct Weight {
    u64 bytes = 0;
    u64 leaves = 0;
};

class Writer {
public:
    Writer(fs::path folder, const Snapshot& at, std::size_t chunk_bytes)
        : folder_(std::move(folder)), at_(at), chunk_bytes_(chunk_bytes) {}

    Status state();
    Status window(const HeaderAt& headers, const NextWindowBlock& next);
    Result<SnapshotManifest> finish();

private:
    Status choose_bits();
    Status put_state(std::size_t number, std::span<const sparse::Entry> leaves);
    Status put_window(u64 last, WindowChunk& chunk);
    Result<ChunkFile> put_file(std::size_t number, ByteView content);

    const fs::path folder_;
    const Snapshot& at_;
    const std::size_t chunk_bytes_;
    SnapshotManifest manifest_;
    u64 window_next_ = 0;  // height
};

// The fewest with which no chunk is above the size aimed at, if there is such a number.
Status Writer::choose_bits() {
    std::vector<Weight> weights(std::size_t{1} << bits_max);
    at_.state.for_each_leaf([&](const sparse::Entry& entry) {
        Weight& weight = weights[sparse::index_at(entry.key, bits_max)];
        weight.bytes += entry.leaf->state_key().size() + entry.leaf->value().size() + 5;
        ++weight.leaves;
    });
    const auto heaviest = [&] { return std::ranges::max(weights, {}, &Weight::bytes).bytes; };
    const auto fullest = [&] { return std::ranges::max(weights, {}, &Weight::leaves).leaves; };
    if (heaviest() + 16 > limits::snapshot_chunk_bytes_max ||
        fullest() > limits::snapshot_leaves_max)
        return fail(ErrorCode::limit_exceeded,
                    "snapshot: too much of the state has one prefix of 16 bits");
    std::size_t bits = bits_max;
    while (bits > 0) {
        std::vector<Weight> above(weights.size() / 2);
        for (std::size_t i = 0; i < above.size(); ++i)
            above[i] = {weights[2 * i].bytes + weights[2 * i + 1].bytes,
                        weights[2 * i].leaves + weights[2 * i + 1].leaves};
        weights.swap(above);
        if (heaviest() > chunk_bytes_ || fullest() > limits::snapshot_leaves_max) break;
        --bits;
    }
    manifest_.prefix_bits = static_cast<u8>(bits);
    manifest_.state.resize(std::size_t{1} << bits);
    return {};
}

Result<ChunkFile> Writer::put_file(std::size_t number, ByteView content) {
    if (content.size() > limits::snapshot_chunk_bytes_max)
        return fail(ErrorCode::limit_exceeded, "snapshot: a chunk is above its bound");
    const Bytes frame = compress_frame(content);
    TRY(write_file_atomically(folder_ / SnapshotReader::file_name(number), frame,
                              FileMode::owner_only));
    return ChunkFile{static_cast<u32>(content.size()), static_cast<u32>(frame.size()),
                     crypto::sha256(frame)};
}

// As bcs::encode of a StateChunk, without a copy of every value.
Status Writer::put_state(std::size_t number, std::span<const sparse::Entry> leaves) {
    if (leaves.empty()) return {};
    bcs::Encoder encoder;
    encoder.version();
    encoder.uleb(static_cast<u32>(leaves.size()));
    for (const sparse::Entry& entry : leaves) {
        encoder.bytes(entry.leaf->state_key(), limits::state_key_bytes_max);
        encoder.bytes(entry.leaf->value(), limits::state_value_bytes_max);
    }
    StateChunkEntry& entry = manifest_.state[number];
    entry.subtree = sparse::subtree_hash(leaves, manifest_.prefix_bits);
    entry.leaves = static_cast<u32>(leaves.size());
    entry.file = TRY(put_file(number, encoder.out()));
    return {};
}

Status Writer::state() {
    manifest_.head = {at_.header, at_.finality};
    TRY(choose_bits());
    std::vector<sparse::Entry> leaves;
    std::size_t number = 0;
    Status status;
    at_.state.for_each_leaf([&](const sparse::Entry& entry) {
        if (!status) return;
        const std::size_t bits = manifest_.prefix_bits;
        const std::size_t here = bits == 0 ? 0 : sparse::index_at(entry.key, bits);
        if (here != number) {
            status = put_state(number, leaves);
            leaves.clear();
            number = here;
        }
        leaves.push_back(entry);
    });
    TRY(std::move(status));
    return put_state(number, leaves);
}

// From where the chunk before ended.
Status Writer::put_window(u64 last, WindowChunk& chunk) {
    if (manifest_.window.size() == limits::snapshot_window_chunks_max)
        return fail(ErrorCode::limit_exceeded, "snapshot: its replay window is above its bound");
    const std::size_t number = manifest_.file_count();
    manifest_.window.push_back({window_next_, last, TRY(put_file(number, bcs::encode(chunk)))});
    chunk.blocks.clear();
    window_next_ = last + 1;
    return {};
}

Status Writer::window(const HeaderAt& headers, const NextWindowBlock& next) {
    window_next_ = TRY(window_start(at_.header, headers));
    WindowChunk chunk;
    std::size_t bytes = 0;
    while (std::optional<WindowBlock> block = TRY(next())) {
        const std::size_t more = block->transactions.size() * sizeof(UsedTransaction) + 16;
        if (!chunk.blocks.empty() && bytes + more > chunk_bytes_) {
            TRY(put_window(block->height - 1, chunk));
            bytes = 0;
        }
        bytes += more;
        chunk.blocks.push_back(std::move(*block));
    }
    return put_window(at_.header.height, chunk);
}

Result<SnapshotManifest> Writer::finish() {
    TRY(write_file_atomically(folder_ / SnapshotReader::manifest_name, bcs::encode(manifest_),
                              FileMode::owner_only));
    return manifest_;
}

std::unexpected<Error> failed(const char* what, const fs::path& folder,
                              const std::error_code& error) {
    return fail(ErrorCode::io,
                std::string("cannot ") + what + " " + folder.string() + ": " + error.message());
}

}  // namespace

Status remove_unfinished_snapshots(const fs::path& folder) {
    std::error_code error;
    if (!fs::exists(folder, error)) return {};
    std::vector<fs::path> unfinished;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == ".new") unfinished.push_back(entry.path());
    for (const fs::path& one : unfinished)
        if (!error) fs::remove_all(one, error);
    if (error) return failed("remove what is unfinished in", folder, error);
    return {};
}

Status remove_snapshot(const fs::path& folder, u64 height) {
    const fs::path named = folder / SnapshotReader::folder_name(height);
    const fs::path unnamed = named.string() + ".new";
    std::error_code error;
    fs::remove_all(unnamed, error);
    if (!error) fs::rename(named, unnamed, error);
    if (!error) TRY(sync_folder(folder));
    if (!error) fs::remove_all(unnamed, error);
    return error ? failed("remove", named, error) : Status();
}

Result<SnapshotManifest> write_snapshot(const fs::path& folder, const Snapshot& at,
                                        const Genesis& genesis, const HeaderAt& headers,
                                        const NextWindowBlock& next, std::size_t chunk_bytes) {
    const fs::path named = folder / SnapshotReader::folder_name(at.header.height);
    const fs::path unnamed = named.string() + ".new";
    std::error_code error;
    if (fs::exists(named, error)) {
        const SnapshotReader kept = TRY(SnapshotReader::open(named, genesis));
        TRY(kept.verify(headers));
        return kept.manifest();
    }
    TRY(remove_unfinished_snapshots(folder));
    const bool is_new = fs::create_directories(folder, error);
    if (error) return failed("create", folder, error);
    if (is_new) TRY(sync_folder(folder.parent_path()));
    fs::create_directories(unnamed, error);
    if (error) return failed("create", unnamed, error);

    Writer writer(unnamed, at, chunk_bytes);
    TRY(writer.state());
    TRY(writer.window(headers, next));
    SnapshotManifest manifest = TRY(writer.finish());
    const SnapshotReader written = TRY(SnapshotReader::open(unnamed, genesis));
    TRY(written.verify(headers));
    fs::rename(unnamed, named, error);
    if (error) return failed("rename", unnamed, error);
    TRY(sync_folder(folder));
    return manifest;
}

}  // namespace jangbu::ledger
