// What a follower asks of a node that it begins at: headers in a row, snapshots and their files.
// Read as blocks are: a snapshot holds all that blocks made.
#include "api/answers.h"
#include "api/service.h"
#include "base/file.h"
#include "ledger/snapshot_reader.h"
#include "node/snapshot_source.h"

namespace jangbu::api {
namespace {

using ledger::SnapshotReader;

Result<std::filesystem::path> folder_of(const node::Node& node, u64 height) {
    const std::filesystem::path folder =
        node.chain().base()->snapshots() / SnapshotReader::folder_name(height);
    std::error_code error;
    if (std::filesystem::exists(folder, error)) return folder;
    return fail(ErrorCode::not_found, "no snapshot of this height is kept here");
}

// A file may go between the question and the reading.
Result<Bytes> read(const std::filesystem::path& file, std::size_t bytes_max) {
    Result<Bytes> bytes = read_file(file, bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found)
        return fail(ErrorCode::not_found, "no such file of a snapshot is kept here");
    return bytes;
}

}  // namespace

Response Service::get_headers(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    if (const auto allowed = check_reads_blocks(request, *at); !allowed) return allowed.error();
    const u64 from = TRY_HTTP(read_number(request.parameter("from"), "from", 1, ~u64{0}));
    node::HeaderRange range;
    for (u64 height = from; height <= at->header.height; ++height) {
        if (range.headers.size() == node::header_range_max) break;
        range.headers.push_back(TRY_HTTP(node_.chain().header(height)));
    }
    return bytes_response(bcs::encode(range));
}

Response Service::get_snapshots(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    if (const auto allowed = check_reads_blocks(request, *at); !allowed) return allowed.error();
    Json list = Json::array();
    for (const u64 height : TRY_HTTP(ledger::snapshot_heights(node_.chain().base()->snapshots()))) {
        const auto folder = folder_of(node_, height);
        const auto bytes = folder ? read_file(*folder / SnapshotReader::manifest_name,
                                              ledger::limits::snapshot_manifest_bytes_max)
                                  : Result<Bytes>(std::unexpected(folder.error()));
        if (!bytes && bytes.error().code == ErrorCode::not_found) continue;  // it went meanwhile
        if (!bytes) return problem(bytes.error());
        const auto manifest = TRY_HTTP(ledger::decode_manifest(*bytes));
        list.push_back({{"height", std::to_string(height)},
                        {"header_hash", ledger::header_hash(manifest.head.header).hex()},
                        {"time_ms", std::to_string(manifest.head.header.time_ms)},
                        {"files", manifest.file_count()},
                        {"bytes", std::to_string(manifest.bytes())}});
    }
    return json_response({{"schema", "jangbu/snapshots/1"},
                          {"base_height", std::to_string(node_.chain().base_height())},
                          {"snapshots", std::move(list)}});
}

Response Service::get_snapshot_manifest(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    if (const auto allowed = check_reads_blocks(request, *at); !allowed) return allowed.error();
    const u64 height = TRY_HTTP(read_number(request.segments[2], "height", 1, ~u64{0}));
    const auto folder = TRY_HTTP(folder_of(node_, height));
    return bytes_response(TRY_HTTP(
        read(folder / SnapshotReader::manifest_name, ledger::limits::snapshot_manifest_bytes_max)));
}

// As it stands on disk: whoever reads it checks it, by the manifest.
Response Service::get_snapshot_chunk(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    if (const auto allowed = check_reads_blocks(request, *at); !allowed) return allowed.error();
    const u64 height = TRY_HTTP(read_number(request.segments[2], "height", 1, ~u64{0}));
    const u64 number = TRY_HTTP(read_number(request.segments[4], "number", 0, 131'071));
    const auto folder = TRY_HTTP(folder_of(node_, height));
    return bytes_response(TRY_HTTP(
        read(folder / SnapshotReader::file_name(number), ledger::limits::snapshot_file_bytes_max)));
}

}  // namespace jangbu::api
