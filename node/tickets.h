// Tickets: who may write, read or publish at this content store, and who may read as a party.
//
// Judged against a committed snapshot and the store's clock (docs/exchange.md section 8,
// docs/formats.md section 6); what a good ticket opens comes back as the Content that the store
// needs. Nothing here touches the store. Threads: pure but for the look-up of a block's time.
// Errors: malformed, not_allowed (with the reason), not_found (no such order or dataset), conflict
// (the order's state does not allow it).
#pragma once

#include <functional>

#include "ledger/executor.h"
#include "market/types.h"
#include "node/content_store.h"

namespace jangbu::node {

inline constexpr u64 ticket_life_ms_max = 24 * 3'600'000ull;
inline constexpr u64 read_after_end_ms = 30 * 24 * 3'600'000ull;
// Ciphertext of an order that was never locked goes this soon.
inline constexpr u64 keep_unlocked_ms = 24 * 3'600'000ull;

// Block time of a committed height.
using HeightTime = std::function<Result<u64>(u64 height)>;

struct Desk {
    const ledger::Snapshot& snapshot;
    market::OrgId store_org;  // this store
    u64 now_ms = 0;
    HeightTime time_of;
};

Result<market::SignedTicket> decode_ticket(ByteView bytes);
Result<market::SignedReadPass> decode_read_pass(ByteView bytes);

// The order (or, for a sample, the dataset) that the request names; a ticket for another subject or
// action is not_allowed.
Result<Content> judge_write(const Desk& desk, const market::SignedTicket& ticket,
                            const market::Hash& order);
Result<Content> judge_read(const Desk& desk, const market::SignedTicket& ticket,
                           const market::Hash& order);
Result<Content> judge_sample(const Desk& desk, const market::SignedTicket& ticket,
                             const market::Hash& dataset);
// What is missing: the writer's or the reader's ticket.
Result<Content> judge_progress(const Desk& desk, const market::SignedTicket& ticket,
                               const market::Hash& order);

// A sample is readable by all; its Content comes from the dataset alone.
Result<Content> sample_content(const ledger::Snapshot& snapshot, const market::Hash& dataset);

// The organisation that a pass speaks for.
Result<market::OrgId> judge_read_pass(const Desk& desk, const market::SignedReadPass& pass);

}  // namespace jangbu::node
