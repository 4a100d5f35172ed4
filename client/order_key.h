// The seller's third step: PostKey, a one-way door. m is public once it is submitted, also if it is
// late or censored.
//
// So before it: the lock is proven at the level that is asked for, the key fits, and there is time.
// The node's signed promise of inclusion is kept: it is evidence against an operator who sits on
// the key. Threads: one. Errors: conflict (state, too little time), verification_failed, not_found,
// rejected, unavailable.
#pragma once

#include "client/order_case.h"

namespace jangbu::client {

struct KeyResult {
    Posted posted;
    std::string level;          // of the proof of the lock
    bool promise_kept = false;  // signed by the validator, and on disk
    bool already = false;
    market::Origin origin = market::Origin::collected;
};
// `level_least`: "E0" or "E1" (a witness that this home pinned).
Result<KeyResult> post_key(Session& session, const OrderId& order, std::string_view level_least);

inline constexpr u64 key_time_left_ms_min = 3'600'000;

}  // namespace jangbu::client
