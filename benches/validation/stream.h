// Blocks that are there already, as a follower or an auditor has them: the next one is decoded and
// checked, signatures included, while the one before is executed and committed.
#pragma once

#include <span>

#include "base/worker_pool.h"
#include "ledger/chain.h"

namespace jangbu::bench {

struct RecordedBlock {
    Bytes input;
    std::vector<ledger::Document> documents;
    ledger::SoloFinality finality;
};

struct StreamCost {
    std::vector<double> block_wall_s;  // from one commit to the next
    double cpu_s = 0;                  // of the process, over these blocks
    ledger::HeaderHash head;
};

// All blocks into the ledger of a folder; measured after the first `warm_up_blocks`.
StreamCost run_stream(const std::filesystem::path& folder, const ledger::GenesisFile& genesis,
                      ledger::SignatureChecker& signatures, base::WorkerPool& pool,
                      std::span<const RecordedBlock> blocks, std::size_t warm_up_blocks,
                      const ledger::StateRoom& room);

}  // namespace jangbu::bench
