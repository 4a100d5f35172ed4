// Doctor: every damage of a node's home at rest, not the first alone, each with its way out.
//
// For a validator's home, a follower's and a backup. What would make a start refuse is found by the
// code of a start, on copies of what that code writes to; where it refuses, what stands behind the
// first damage is looked for as well. Nothing in the home is changed. Needs room for a copy of
// chain/state and chain/documents beside the home. Threads: the caller's. Errors: conflict (the
// node is running), io (no room).
#pragma once

#include <vector>

#include "node/config.h"

namespace jangbu::node {

struct Damage {
    std::string part;  // "block log", "state", "documents", "chain", ...
    std::string what;  // a sentence with the way out
    // Else a start goes on with it: it makes the thing again, or tells it to who asks for it.
    bool makes_start_refuse = true;
};

struct Diagnosis {
    std::vector<Damage> damages;
    std::vector<std::string> examined;  // parts that were looked at
    std::optional<u64> height;          // of the chain, if it opens
};

// `config.validator_secret`: as for a start; a follower has none.
Result<Diagnosis> examine(const Config& config);

}  // namespace jangbu::node
