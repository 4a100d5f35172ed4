// The chunks of a sample as objects of the content store, and which of them may be there.
//
// Chunk 0 stands under the dataset's id, every other one under a subject of its own, so that each
// is written and read by itself. Threads: pure but for reading a header. Errors: malformed (outside
// the pool), conflict (the drawing header is not there yet).
#pragma once

#include "ledger/chain.h"
#include "node/content_store.h"

namespace jangbu::node {

// `dataset` as sample_content of node/tickets.h gives it.
Content sample_chunk(const Content& dataset, u64 index);
// The content's subject is that of chunk `index` of its own dataset.
bool holds_sample_chunk(const Content& content, u64 index);
Status check_in_pool(const ledger::Chain& chain, const market::Dataset& dataset, u64 index);

}  // namespace jangbu::node
