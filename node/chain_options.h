// How the ledger of a home is opened, by the node as by commands on one at rest: what one of them
// writes, another must be able to read and to take back.
#pragma once

#include "ledger/chain.h"
#include "node/config.h"

namespace jangbu::node {

// A follower keeps a way back (ledger/chain.h), since its source may be restored without its newest
// blocks; a validator that orders alone loses none.
ledger::Chain::Options chain_options(const Config& config, bool follows);

// Whether the node of this home has followed another one.
bool has_followed(const std::filesystem::path& home);

}  // namespace jangbu::node
