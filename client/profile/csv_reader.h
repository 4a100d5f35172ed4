// CsvReader: rows and fields of a delimited text, block by block, over libcsv.
//
// RFC 4180 with what real files add: any one-byte delimiter, CR, LF or CRLF, newlines inside
// quotes, quotes that stand inside a field, spaces around fields taken off. Blank lines are counted
// and skipped. Memory: one field, at most field_bytes_max. Threads: one. Errors: malformed with
// line and column (a field too long, a quote that never closes).
#pragma once

#include <memory>
#include <string_view>

#include "base/integers.h"
#include "base/result.h"

namespace jangbu::client {

struct CsvRow {
    u64 line = 0;  // where it begins, from 1
    u32 fields = 0;
};

// Whom the reader tells. Views are valid during the call.
struct CsvSink {
    void* self = nullptr;
    void (*field)(void* self, std::string_view text, u64 line) = nullptr;  // line: of its row
    void (*row)(void* self, const CsvRow& row) = nullptr;
};

class CsvReader {
public:
    static constexpr std::size_t field_bytes_max = 1 << 20;

    // The sink outlives the reader.
    CsvReader(char delimiter, CsvSink sink);
    CsvReader(CsvReader&&) noexcept;
    CsvReader& operator=(CsvReader&&) noexcept;
    ~CsvReader();

    Status feed(std::string_view block);
    Status finish();

    u64 line() const;  // of the row being read
    u64 blank_lines() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace jangbu::client
