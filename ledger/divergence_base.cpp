// Where a divergence begins that is not from genesis: gathered by who accuses, proven again by who
// reads it.
#include <algorithm>
#include <map>

#include "ledger/evidence.h"
#include "ledger/snapshot_reader.h"

namespace jangbu::ledger {
namespace {

std::unexpected<Error> unproven(std::string why) {
    return fail(ErrorCode::verification_failed, "its beginning: " + std::move(why));
}

// Believed by the history that the signed head of the snapshot covers.
HeaderAt headers_of(const DivergenceBase& base, const SnapshotManifest& manifest) {
    return [&base, &manifest](u64 height) -> Result<Header> {
        if (height == manifest.height()) return manifest.head.header;
        const auto at = std::ranges::lower_bound(base.headers, height, {}, &Header::height);
        if (at == base.headers.end() || at->height != height || height >= base.history.size() ||
            header_hash(*at) != base.history[height])
            return unproven("the header of height " + std::to_string(height) +
                            " is missing or another");
        return *at;
    };
}

Status check_history(const DivergenceBase& base, const Header& head, const Genesis& genesis,
                     HistoryTree& tree) {
    if (head.height == 0 || base.history.size() != head.height ||
        base.history.front() != header_hash(header_zero(genesis)))
        return unproven("its history is not that of its height");
    for (const HeaderHash& hash : base.history) tree.append(hash);
    if (tree.root(head.height) != head.history_root)
        return unproven("its history is not the one of the signed header");
    tree.append(header_hash(head));
    return {};
}

}  // namespace

Result<BegunLedger> begin_at(const DivergenceBase& base, const Genesis& genesis) {
    const SnapshotManifest manifest = TRY(decode_manifest(base.manifest));
    TRY(check_manifest(manifest, genesis));
    BegunLedger begun;
    begun.header = manifest.head.header;
    begun.history = std::make_shared<HistoryTree>();
    TRY(check_history(base, begun.header, genesis, *begun.history));
    const HeaderAt headers = headers_of(base, manifest);
    TRY(check_window(manifest, headers));
    if (base.files.size() != manifest.file_count()) return unproven("its files are not all there");
    const std::size_t state = manifest.state.size();
    for (std::size_t i = 0; i < state; ++i) {
        if (manifest.state[i].leaves == 0) continue;
        StateChunk chunk = TRY(read_state_chunk(manifest, i, base.files[i].bytes));
        for (StateEntry& entry : chunk.entries)
            begun.entries.emplace(std::move(entry.key), std::move(entry.value));
    }
    for (std::size_t i = 0; i < manifest.window.size(); ++i) {
        const WindowChunk chunk =
            TRY(read_window_chunk(manifest, i, base.files[state + i].bytes, headers));
        for (const WindowBlock& block : chunk.blocks) {
            std::vector<TxId> ids;
            for (const UsedTransaction& one : block.transactions) ids.push_back(one.id);
            const Header header = TRY(headers(block.height));
            begun.used.add_block(ids, header.time_ms);
        }
    }
    return begun;
}

Result<DivergenceBase> gather_base(const ChainBase& base, const Genesis& genesis) {
    const SnapshotReader snapshot = TRY(SnapshotReader::open(base.snapshot(), genesis));
    const SnapshotManifest& manifest = snapshot.manifest();
    if (manifest.bytes() > divergence_bytes_max)
        return fail(ErrorCode::limit_exceeded, "the snapshot that it begins at is above 256 MiB");
    DivergenceBase out;
    out.manifest = bcs::encode(manifest);
    out.history.push_back(header_hash(header_zero(genesis)));
    for (u64 height = 1; height < manifest.height(); ++height)
        out.history.push_back(header_hash(TRY(base.headers().read(height)).header));
    // A reader will ask for the same ones.
    std::map<u64, Header> asked;
    const HeaderAt headers = [&](u64 height) -> Result<Header> {
        if (height == manifest.height()) return manifest.head.header;
        Header header = TRY(base.headers().read(height)).header;
        asked.emplace(height, header);
        return header;
    };
    TRY(snapshot.for_each_window_block(headers, [](const WindowBlock&) -> Status { return {}; }));
    for (const auto& [height, header] : asked) out.headers.push_back(header);
    for (std::size_t i = 0; i < manifest.file_count(); ++i)
        out.files.push_back({manifest.file(i).bytes > 0 ? TRY(snapshot.file(i)) : Bytes()});
    return out;
}

}  // namespace jangbu::ledger
