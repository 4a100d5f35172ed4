// The files of a node's home that every start reads first: the genesis of its ledger and the key
// that signs headers. Threads: pure functions. Errors: io, not_found and corrupted say where
// another copy is; usage (no secret, or one of no validator).
#pragma once

#include "crypto/secrets.h"
#include "ledger/genesis.h"
#include "node/config.h"

namespace jangbu::node {

// Form and content, the market's tables included.
Result<ledger::GenesisFile> read_genesis(const std::filesystem::path& file);
// Of config.validator_secret: itself as a seed (what `jangbu keys export-operate` writes), or one
// of the organisation's first operate keys.
Result<crypto::SigningKey> validator_key(const Config& config, const ledger::Genesis& genesis);

}  // namespace jangbu::node
