// How a table is written: delimiter, decimal sign, where its header is. Found from its beginning.
//
// A delimiter is what splits most rows into the same number of fields, more than one. A comma is a
// decimal sign where values hold one that groups no thousands. The header is the first row of the
// usual width whose cells are names; rows before it are a preamble. Threads: pure functions.
// Errors: malformed (no line end in dialect_bytes_max, a header only, too many columns).
#pragma once

#include <string>
#include <vector>

#include "base/integers.h"
#include "base/result.h"
#include "client/profile/quantity.h"
#include "client/profile/text_source.h"

namespace jangbu::client {

inline constexpr std::size_t dialect_bytes_max = 2 << 20;

struct Dialect {
    char delimiter = ',';
    char decimal = '.';
    bool has_header = true;
    u64 header_line = 1;       // of the header, or of the first row
    u64 rows_before_data = 1;  // as the reader counts them: preamble, header, row of units
    u64 preamble_rows = 0;
    bool has_units_row = false;
    std::vector<std::string> names;  // one for each column, empty where the header is
    std::vector<Unit> units;
};

// Enough of a file to see how it is written. `whole`: it is all there is.
struct Beginning {
    std::string text;
    bool whole = false;
};
// Blocks until there are two lines and `enough_bytes`, or dialect_bytes_max, or no more.
Result<Beginning> read_beginning(TextSource& source, std::size_t enough_bytes);

// `whole`: the beginning is all there is.
Result<Dialect> find_dialect(std::string_view beginning, bool whole, std::size_t columns_max);

}  // namespace jangbu::client
