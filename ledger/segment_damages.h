// Every damage of a block log's segment files, each with its file and offset: for a log that does
// not open, of which opening tells the first only.
//
// Reads and changes nothing. Threads: one. Errors: none; a file that cannot be read is a damage.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ledger/types.h"

namespace jangbu::ledger {

// `folder` is that of the segments; of a pruned log the first ones may be gone. One sentence each,
// the file first, in the order of the log.
std::vector<std::string> segment_damages(const std::filesystem::path& folder, const ChainId& chain,
                                         bool is_pruned);

}  // namespace jangbu::ledger
