// Whether SQLite finds the file of a read index whole. It keeps no checksums: wrong values stay.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace jangbu::api {

// What SQLite's integrity check says, if anything. `file` is a copy: SQLite writes beside what it
// opens.
std::optional<std::string> read_index_damage(const std::filesystem::path& file);

}  // namespace jangbu::api
