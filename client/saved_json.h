// Small JSON files of the home: read whole, replaced whole, readable by their owner only.
#pragma once

#include <filesystem>

#include "client/json_fields.h"

namespace jangbu::client {

// Nothing where there is no such file.
Result<std::optional<Json>> load_json(const std::filesystem::path& file);
Status save_json(const std::filesystem::path& file, const Json& json);

// Leaf lists and salts: 32 bytes each, in a row.
Result<std::vector<ByteArray<32>>> load_hashes(const std::filesystem::path& file, u64 count);
Status save_hashes(const std::filesystem::path& file, std::span<const ByteArray<32>> hashes);

}  // namespace jangbu::client
