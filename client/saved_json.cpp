#include "client/saved_json.h"

#include "base/file.h"

namespace jangbu::client {
namespace {

constexpr std::size_t json_bytes_max = 16 << 20;

}  // namespace

Result<std::optional<Json>> load_json(const std::filesystem::path& file) {
    const Result<Bytes> bytes = read_file(file, json_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found) return std::optional<Json>();
    if (!bytes) return std::unexpected(bytes.error());
    Json json = TRY(parse_json(*bytes, file.string()));
    return std::optional(std::move(json));
}

Status save_json(const std::filesystem::path& file, const Json& json) {
    const std::string text = json.dump(1) + "\n";
    return write_file_atomically(file, as_bytes(text), FileMode::owner_only);
}

Result<std::vector<ByteArray<32>>> load_hashes(const std::filesystem::path& file, u64 count) {
    const Bytes bytes = TRY(read_file(file, count * 32));
    if (bytes.size() != count * 32)
        return fail(ErrorCode::malformed, file.string() + " does not have 32 bytes for each chunk");
    std::vector<ByteArray<32>> hashes(count);
    for (u64 i = 0; i < count; ++i)
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(32 * i), 32, hashes[i].begin());
    return hashes;
}

Status save_hashes(const std::filesystem::path& file, std::span<const ByteArray<32>> hashes) {
    Bytes bytes;
    bytes.reserve(hashes.size() * 32);
    for (const ByteArray<32>& hash : hashes) bytes.insert(bytes.end(), hash.begin(), hash.end());
    return write_file_atomically(file, bytes, FileMode::owner_only);
}

}  // namespace jangbu::client
