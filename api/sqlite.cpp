#include "api/sqlite.h"

namespace jangbu::api {

Result<std::unique_ptr<Sqlite>> Sqlite::open(const std::filesystem::path& file) {
    std::unique_ptr<Sqlite> database(new Sqlite);
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    if (sqlite3_open_v2(file.c_str(), &database->handle_, flags, nullptr) != SQLITE_OK)
        return std::unexpected(database->error("open the read index"));
    return database;
}

Status Sqlite::execute(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return std::unexpected(error("execute"));
    return {};
}

Error Sqlite::error(std::string_view doing) const {
    const char* message = handle_ ? sqlite3_errmsg(handle_) : "out of memory";
    return {ErrorCode::io, "SQLite: cannot " + std::string(doing) + ": " + message};
}

Statement::Statement(const Sqlite& database, std::string_view sql) : database_(database) {
    failed_ = sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                 &statement_, nullptr) != SQLITE_OK;
}

Statement& Statement::bind(ByteView blob) {
    failed_ |= sqlite3_bind_blob(statement_, ++bound_, blob.data(), static_cast<int>(blob.size()),
                                 SQLITE_TRANSIENT) != SQLITE_OK;
    return *this;
}
Statement& Statement::bind(std::string_view text) {
    failed_ |= sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                                 SQLITE_TRANSIENT) != SQLITE_OK;
    return *this;
}
Statement& Statement::bind(u64 number) {
    failed_ |=
        sqlite3_bind_int64(statement_, ++bound_, static_cast<sqlite3_int64>(number)) != SQLITE_OK;
    return *this;
}

Result<bool> Statement::step() {
    if (failed_) return std::unexpected(database_.error("prepare a statement"));
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return std::unexpected(database_.error("run a statement"));
}

Status Statement::run() {
    while (true) {
        const bool row = TRY(step());
        if (!row) return {};
    }
}

ByteView Statement::blob(int column) const {
    return {static_cast<const u8*>(sqlite3_column_blob(statement_, column)),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::string Statement::text(int column) const {
    return std::string(as_text(blob(column)));
}
u64 Statement::number(int column) const {
    return static_cast<u64>(sqlite3_column_int64(statement_, column));
}

}  // namespace jangbu::api
