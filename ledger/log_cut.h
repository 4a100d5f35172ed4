// LogCut: the mark by which a block log loses its end, all of it or nothing.
//
// While the file is there, the log ends where it says, whatever still stands behind: what is
// removed afterwards may be cut short and is done again (docs/recovery.md). Bytes: docs/formats.md
// section 14. Threads: pure functions. Errors: io, corrupted.
#pragma once

#include <filesystem>
#include <optional>

#include "ledger/stores.h"

namespace jangbu::ledger {

struct LogCut {
    BlockLog::Tip head;  // the last block that stays
    u32 segment = 0;     // the last one that stays
    u64 end = 0;         // of its records
    bool operator==(const LogCut&) const = default;
};

Bytes encode(const LogCut& cut);
// Nothing if there is no file.
Result<std::optional<LogCut>> read_log_cut(const std::filesystem::path& file);
Status write_log_cut(const std::filesystem::path& file, const LogCut& cut);

}  // namespace jangbu::ledger
