// Witnesses: which ones a verifier trusts, and proofs at a head that they cosigned.
//
// Threads: pure but for the node's answers. Errors: usage (the text), unavailable (not cosigned in
// time), verification_failed.
#pragma once

#include "client/session.h"

namespace jangbu::client {

// "KEY" (one of it is enough), or "2of3:KEY,KEY,KEY".
struct WitnessRule {
    std::size_t needed = 1;
    std::vector<ledger::PublicKey> keys;
};
Result<WitnessRule> read_witness_rule(std::string_view text);

// A head that nobody changes is cosigned a second after it was made; one is due each heartbeat.
inline constexpr u64 witnesses_timeout_ms = 90'000;

// The proof of a state key at the newest head that `count` witnesses cosigned, not older than the
// session's head; waits for it up to witnesses_timeout_ms. With count 0: at the head, as it is.
Result<std::string> state_proof(Session& session, const ledger::StateKey& key, std::size_t count);

}  // namespace jangbu::client
