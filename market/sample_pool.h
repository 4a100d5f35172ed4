// The sample pool: which chunks of a dataset a registrant may show, the same for everybody
// (docs/exchange.md section 11).
//
// Chunk 0 is always in it; the others are drawn by the hash of a header that nobody knew when the
// dataset was registered, so that a registrant cannot show only what is good. Whoever proposes that
// header can bias the draw; a solo operator freely. Threads: pure functions.
#pragma once

#include <vector>

#include "market/types.h"

namespace jangbu::market {

inline constexpr u64 sample_pool_chunks_max = 64;
// The drawing header stands this much above the registration.
inline constexpr u64 sample_draw_heights = 2;

// One chunk in a hundred, at least one, at most 64. REQUIRES: n > 0.
u64 sample_pool_size(u64 n);
// Ascending indices. `draw` is looked at only where the pool has more than chunk 0. REQUIRES: n >
// 0.
std::vector<u64> sample_pool(const DatasetId& dataset, u64 n, const ledger::HeaderHash& draw);

}  // namespace jangbu::market
