// Following: how far a follower is, for who asks its node.
#pragma once

#include <optional>
#include <string>

#include "ledger/types.h"

namespace jangbu::node {

// So many blocks a follower can be taken back over (ledger/chain.h, docs/operators.md).
inline constexpr u64 follower_undo_blocks = 64;

struct Following {
    std::string source;
    std::optional<u64> source_height;  // of the newest signed head that the source showed
    std::optional<u64> source_time_ms;
    u64 cosigned_height = 0;             // 0 = none
    std::optional<std::string> refusal;  // why the head is not cosigned, if so
    std::optional<ledger::PublicKey> witness;
};

}  // namespace jangbu::node
