// A thin owner of a SQLite connection and its statements. Every result code is looked at.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::api {

class Sqlite {
public:
    static Result<std::unique_ptr<Sqlite>> open(const std::filesystem::path& file);
    ~Sqlite() { sqlite3_close(handle_); }
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    Status execute(const std::string& sql);
    sqlite3* handle() const { return handle_; }
    Error error(std::string_view doing) const;

private:
    Sqlite() = default;
    sqlite3* handle_ = nullptr;
};

// One prepared statement: bind in order, step, read columns.
class Statement {
public:
    Statement(const Sqlite& database, std::string_view sql);
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(ByteView blob);
    Statement& bind(std::string_view text);
    Statement& bind(u64 number);

    // True while there is a row.
    Result<bool> step();
    Status run();  // to the end, without rows

    ByteView blob(int column) const;
    std::string text(int column) const;
    u64 number(int column) const;

private:
    const Sqlite& database_;
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
    bool failed_ = false;
};

}  // namespace jangbu::api
