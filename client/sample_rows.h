// The whole rows of a sample, as delimited text.
//
// Chunks end anywhere: the row that a chunk's end cuts, and the one that its beginning is the rest
// of, are left out. So are rows of another width than the table has, such as what stands between a
// cut quote and the next whole row. Neighbouring chunks are joined first. The bytes stay in the
// encoding of the file. Threads: pure functions.
#pragma once

#include "client/sample.h"

namespace jangbu::client {

struct SampleRows {
    std::string text;  // header first, where there is one; each row ends with a newline
    u64 rows = 0;      // without the header
    u64 left_out = 0;  // pieces of rows, and rows of another width
};
// Nothing where chunk 0 is not in it, or is no table.
std::optional<SampleRows> sample_rows(const CheckedSample& sample);

}  // namespace jangbu::client
