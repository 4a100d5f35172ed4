#include "node/chain_options.h"

#include "node/following.h"
#include "node/memory_watch.h"

namespace jangbu::node {

ledger::Chain::Options chain_options(const Config& config, bool follows) {
    ledger::Chain::Options options;
    options.state_room = {config.memory_state_mib > 0
                              ? config.memory_state_mib << 20
                              : state_bytes_usual(config.memory_limit_mib << 20),
                          config.chain_folder};
    options.undo_blocks = follows ? follower_undo_blocks : 0;
    options.first_segment_bytes = config.prune_first_segment_kib << 10;
    return options;
}

bool has_followed(const std::filesystem::path& home) {
    std::error_code error;
    return std::filesystem::exists(home / "followed-finality", error);
}

}  // namespace jangbu::node
