// KeysAhead: the state keys that the next transactions of a block will ask for, told before they
// run, so that their records are looked up together.
//
// A hint: a key too many costs a look-up, one too few costs its look-up later. Threads: pure
// functions over a view of the caller's.
#pragma once

#include "ledger/executor.h"

namespace jangbu::ledger {

// Transactions looked up together: what they find stays in the nearer caches until they run.
inline constexpr std::size_t fetched_together = 64;

// Of the transactions from `first` on: their authors' keys, which are fetched into `view` on the
// way, and what their operations name by themselves. REQUIRES: `view` remembers.
std::vector<StateKey> keys_ahead(const CheckedBlock& checked, std::size_t first,
                                 const BlockContext& block, Overlay& view);
HashedKeys hashed(std::vector<StateKey> keys);

}  // namespace jangbu::ledger
