// GenesisPlan: who takes part in a new ledger, as an operator writes it down, made into a genesis
// file.
//
// TOML; the member cards it names are read from files beside it. Unknown keys are errors. Example:
//
//     name = "Changwon data ledger"
//     treasury = "operator"
//
//     [[organisation]]
//     label = "operator"                       # only within this file
//     card = "operator.card"
//     roles = ["validator", "store"]
//     endpoint = "http://127.0.0.1:8640"       # of its content store
//
//     [[family]]                               # of purchase-support programmes
//     name = "sme-data-voucher"
//     tag_authority = "agency"
//     tag_key = 1
//
//     [[attestation]]
//     subject = "seller"
//     family = "sme-data-voucher"
//     class = "small"                          # micro, small, medium, other
//     group_tag = "<64 hex digits>"
//     issuer = "agency"
//     valid_days = 365
//
//     [parameters]                             # optional, within the bounds of docs/formats.md
//     heartbeat_ms = 60000
//
// Threads: pure but for reading the cards. Errors: usage (naming line or label), io,
// verification_failed.
#pragma once

#include <filesystem>

#include "ledger/genesis.h"

namespace jangbu::node {

Result<ledger::GenesisFile> make_genesis(const std::filesystem::path& plan_file, u64 now_ms);

}  // namespace jangbu::node
