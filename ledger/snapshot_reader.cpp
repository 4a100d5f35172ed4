#include "ledger/snapshot_reader.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/file.h"

namespace jangbu::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view snapshot_prefix = "snapshot-";
constexpr std::size_t height_digits = 12;

std::string padded(u64 number, std::size_t digits) {
    std::string text = std::to_string(number);
    if (text.size() < digits) text.insert(0, digits - text.size(), '0');
    return text;
}

template <class T>
Result<T> in_folder(const fs::path& folder, Result<T> result) {
    if (!result) result.error().detail = folder.string() + ": " + result.error().detail;
    return result;
}

}  // namespace

std::string SnapshotReader::file_name(std::size_t number) {
    return "chunk-" + padded(number, 5);
}

std::string SnapshotReader::folder_name(u64 height) {
    return std::string(snapshot_prefix) + padded(height, height_digits);
}

Result<SnapshotReader> SnapshotReader::open(fs::path folder, const Genesis& genesis) {
    const Bytes bytes = TRY(read_file(folder / manifest_name, limits::snapshot_manifest_bytes_max));
    SnapshotManifest manifest = TRY(in_folder(folder, decode_manifest(bytes)));
    TRY(in_folder<void>(folder, check_manifest(manifest, genesis)));
    return SnapshotReader(std::move(folder), std::move(manifest));
}

Result<Bytes> SnapshotReader::file(std::size_t number) const {
    return read_file(folder_ / file_name(number), limits::snapshot_file_bytes_max);
}

Status SnapshotReader::for_each_entry(const std::function<Status(StateEntry&&)>& visit) const {
    for (std::size_t i = 0; i < manifest_.state.size(); ++i) {
        if (manifest_.state[i].leaves == 0) continue;
        const Bytes bytes = TRY(file(i));
        StateChunk chunk = TRY(in_folder(folder_, read_state_chunk(manifest_, i, bytes)));
        for (StateEntry& entry : chunk.entries) TRY(visit(std::move(entry)));
    }
    return {};
}

Status SnapshotReader::for_each_window_block(
    const HeaderAt& headers, const std::function<Status(const WindowBlock&)>& visit) const {
    TRY(in_folder<void>(folder_, check_window(manifest_, headers)));
    for (std::size_t i = 0; i < manifest_.window.size(); ++i) {
        const Bytes bytes = TRY(file(manifest_.state.size() + i));
        const WindowChunk chunk =
            TRY(in_folder(folder_, read_window_chunk(manifest_, i, bytes, headers)));
        for (const WindowBlock& block : chunk.blocks) TRY(visit(block));
    }
    return {};
}

Status SnapshotReader::verify(const HeaderAt& headers) const {
    TRY(for_each_entry([](StateEntry&&) -> Status { return {}; }));
    return for_each_window_block(headers, [](const WindowBlock&) -> Status { return {}; });
}

Result<std::vector<u64>> snapshot_heights(const fs::path& folder) {
    std::vector<u64> heights;
    std::error_code error;
    if (!fs::exists(folder, error)) return heights;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(snapshot_prefix)) continue;
        u64 height = 0;
        const char* end = name.data() + name.size();
        const auto read = std::from_chars(name.data() + snapshot_prefix.size(), end, height);
        if (read.ec == std::errc() && name == SnapshotReader::folder_name(height))
            heights.push_back(height);
    }
    if (error)
        return fail(ErrorCode::io, "cannot read " + folder.string() + ": " + error.message());
    std::ranges::sort(heights);
    return heights;
}

}  // namespace jangbu::ledger
