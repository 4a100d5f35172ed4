// The transact keys of an organisation, so that its last one is never revoked.
//
// State cannot be asked for "all keys of an organisation", so a list per organisation is kept
// (table 24, at most TransactKeys::keys_max): the keys that were added, and each key that signs an
// operation of this kind. A key of genesis that never signed one is not counted: that can refuse a
// revocation by the very key that is revoked, never allow a wrong one.
#pragma once

#include "market/context.h"

namespace jangbu::market {

// Puts the key, and the author's, into the list. LimitExceeded if it is full of live ones.
std::optional<Rejection> note_transact_key(Context& context, const KeyId& added);
// Would another transact key of the author's organisation be live in the next block?
bool has_other_transact_key(const Context& context, const KeyId& revoked);
void forget_transact_key(Context& context, const KeyId& revoked);

}  // namespace jangbu::market
