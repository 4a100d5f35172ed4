#include "api/read_index_check.h"

#include "api/sqlite.h"

namespace jangbu::api {

std::optional<std::string> read_index_damage(const std::filesystem::path& file) {
    const auto database = Sqlite::open(file);
    if (!database) return database.error().detail;
    Statement statement(**database, "PRAGMA integrity_check(1)");
    const Result<bool> row = statement.step();
    if (!row) return row.error().detail;
    const std::string said = *row ? statement.text(0) : "nothing";
    if (said == "ok") return std::nullopt;
    return said;
}

}  // namespace jangbu::api
