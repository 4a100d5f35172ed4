// Every bound of the ledger's formats, with the assertions that tie them together (docs/formats.md
// sections 4 and 5).
#pragma once

#include "base/integers.h"

namespace jangbu::ledger::limits {

inline constexpr std::size_t transaction_bytes_max = 16 << 10;
inline constexpr std::size_t document_bytes_max = 96 << 10;
inline constexpr std::size_t bundle_bytes_max = 512 << 10;
inline constexpr std::size_t bundle_transactions_max = 4'096;
inline constexpr std::size_t bundle_documents_max = 4'096;
inline constexpr std::size_t block_transactions_max = 65'536;
inline constexpr std::size_t receipt_events_max = 64;
inline constexpr std::size_t event_bytes_max = 1'024;
inline constexpr std::size_t media_type_bytes_max = 127;
inline constexpr std::size_t chain_name_bytes_max = 64;
inline constexpr std::size_t validators_max = 256;
inline constexpr std::size_t genesis_entries_max = 65'536;
inline constexpr std::size_t state_key_bytes_max = 256;
inline constexpr std::size_t state_value_bytes_max = 64 << 10;
inline constexpr u64 window_ms_most = 24 * 3'600'000ull;  // upper bound of the parameter window_max

// One 64 KiB chunk with its salt travels as a document.
static_assert(document_bytes_max >= (64 << 10) + 32 + 93);
static_assert(bundle_bytes_max >= transaction_bytes_max + document_bytes_max);

}  // namespace jangbu::ledger::limits
