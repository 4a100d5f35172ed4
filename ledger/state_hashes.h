// The three hashes of the state map (docs/formats.md section 2), one at a time and many at once.
//
// All that prover and verifier share. Threads: pure functions.
#pragma once

#include "crypto/many_hashes.h"
#include "ledger/state_view.h"
#include "ledger/types.h"

namespace jangbu::ledger {

inline constexpr std::size_t hashed_at_once = 256;  // the most that a caller lays out at a time

Hash hashed_state_key(ByteView key);
Hash state_leaf_hash(const Hash& hashed_key, const Hash& value_hash);
Hash state_node_hash(const Hash& left, const Hash& right);

// out[i] is the hash of in[i]: left and right of a node, hashed key and value hash of a leaf.
// REQUIRES: as many out as in.
void state_leaf_hashes(std::span<const crypto::MessageParts> in, std::span<Hash> out);
void state_node_hashes(std::span<const crypto::MessageParts> in, std::span<Hash> out);
void hashed_state_keys(std::span<const crypto::MessageParts> in, std::span<Hash> out);

}  // namespace jangbu::ledger
