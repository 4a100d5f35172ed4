// The market's part of a genesis file: the tables that the ledger leaves to its application.
//
// A ledger begins with members, parameters, families and attestations; credits, datasets and
// programmes come from operations alone, so that the books start at zero.
// Errors: verification_failed, naming what is wrong.
#pragma once

#include "ledger/genesis.h"

namespace jangbu::market {

// REQUIRES: ledger::check_genesis_file(file) holds. Every entry is of a table that may begin and
// decodes; parameters are known and within their bounds; families name a tag authority;
// attestations stand under their own key, name members, an attestor and a family of the file, carry
// its tag key, are not revoked and end after they begin.
Status check_genesis_entries(const ledger::GenesisFile& file);

}  // namespace jangbu::market
