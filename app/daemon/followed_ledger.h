// What a follower and a backup need before the first block: the genesis of the ledger that was
// named, and a key that may read blocks.
//
// Threads: one. Errors: usage, verification_failed (another ledger), wrong_password, those of the
// client.
#pragma once

#include "app/daemon/http_source.h"
#include "ledger/genesis.h"
#include "node/config.h"

namespace jangbu::app {

// From config.genesis_file, else from the node, and then it is kept there.
Result<ledger::GenesisFile> obtain_genesis(const node::Config& config, const std::string& url,
                                           const ledger::ChainId& chain);
// A keystore, with the password that `jangbud start` would take.
Result<crypto::OrganisationSecret> open_key(const node::Config& config,
                                            const std::filesystem::path& file);
// `org`: hex, "" where genesis knows the key.
Result<Reader> find_reader(const crypto::OrganisationSecret& secret,
                           const ledger::GenesisFile& genesis, const std::string& org);

}  // namespace jangbu::app
