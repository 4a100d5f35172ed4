// The buyer's third step: K = m - t, decrypt, compare every leaf; then ConfirmOrder, or
// ProveBadChunk.
//
// The content is durable on the own disk before the order is confirmed. A bad chunk is proven at
// once, and the proof is checked here before it is sent. t, K and e_b never leave the machine.
// Threads: one. Errors: conflict (no key yet), verification_failed, rejected, unavailable, io.
#pragma once

#include "client/order_case.h"

namespace jangbu::client {

struct OpenResult {
    enum class What { confirmed, proven, opened };  // opened: the order had ended before
    What what = What::opened;
    std::optional<u64> bad_chunk;
    std::filesystem::path data;  // where the content lies; empty if a chunk is bad
    std::filesystem::path salts;
    Posted posted;
    market::Origin origin = market::Origin::collected;
};
// `out`: where the content goes; nothing = into the order's folder.
Result<OpenResult> open_order(Session& session, const OrderId& order,
                              const std::optional<std::filesystem::path>& out, Progress& progress);

// K of a keyed order, by the buyer.
Result<crypto::Scalar> learned_key(Session& session, const OrderCase& that);

}  // namespace jangbu::client
