// One zstd frame at a time: the compressed form of a snapshot's chunks. The only place that knows
// the library.
//
// A frame says how long its content is, and is refused before anything is allocated if that is not
// what the reader expects. Threads: pure functions. Errors: malformed. Source: RFC 8878, libzstd.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::ledger {

Bytes compress_frame(ByteView content);
// Exactly one frame, of exactly so many bytes.
Result<Bytes> decompress_frame(ByteView frame, std::size_t content_bytes);

}  // namespace jangbu::ledger
