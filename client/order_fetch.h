// The buyer's second step: every chunk and both leaf lists on the own disk, checked, then
// LockOrder.
//
// Resumes a broken download. Locking says "I hold every chunk; lengths and both trees are right",
// and only a buyer who really does can prove a bad chunk later. Threads: one. Errors: conflict,
// verification_failed, unavailable, rejected.
#pragma once

#include "client/order_case.h"

namespace jangbu::client {

struct Delivery {
    std::vector<Hash> leaves;     // their root is data_root
    std::vector<Hash> ct_leaves;  // their root is ct_root
    u64 bytes = 0;                // of the ciphertext
};
// What is on disk already is not fetched again, but checked again.
Result<Delivery> fetch_ciphertext(Session& session, const OrderCase& that, const OrderFiles& files,
                                  Progress& progress);

struct LockResult {
    Posted posted;
    u64 bytes = 0;
    bool already = false;  // locked before, and the copy is whole
    market::Origin origin = market::Origin::collected;
};
Result<LockResult> lock_order(Session& session, const OrderId& order, Progress& progress);

}  // namespace jangbu::client
