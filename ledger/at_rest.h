// A ledger at rest: its folder opened to be judged or copied, and not changed.
//
// The block log is read where it is (its lock is held meanwhile). LevelDB changes what it opens, so
// the two stores are opened as copies in a scratch folder. What a chain over these stores writes at
// its start (an outcome that a crash took, a flush) goes into memory and into the copies.
// Threads: as the stores. Errors: as open_stores; io.
#pragma once

#include "ledger/stores.h"

namespace jangbu::ledger {

// Reads from `log`; keeps one outcome in memory, refuses an input (conflict).
std::unique_ptr<BlockLog> reading_only(std::unique_ptr<BlockLog> log);

Result<Stores> open_stores_at_rest(const std::filesystem::path& folder, const ChainId& chain,
                                   const std::filesystem::path& scratch);

}  // namespace jangbu::ledger
