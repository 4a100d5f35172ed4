// The state store over RocksDB, the peer of ours over LevelDB: the same keys, one atomic, synced
// batch a flush, checksums verified, 16 MiB write buffer, 10 bits of filter a key.
//
// Without RocksDB the bench is built without it (benches/CMakeLists.txt). Threads: as StateStore.
#pragma once

#include "ledger/stores.h"

namespace jangbu::bench {

Result<std::unique_ptr<ledger::StateStore>> open_rocks_store(const std::filesystem::path& folder);

}  // namespace jangbu::bench
