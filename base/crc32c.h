// CRC-32C (Castagnoli), as stored files carry it: finds damage, proves nothing.
//
// With the instruction of the CPU where there is one; the same value everywhere. Threads: pure.
// Source: RFC 3720 section 12.1 and appendix B.4 (test values).
#pragma once

#include "base/bytes.h"

namespace jangbu::base {

u32 crc32c(ByteView bytes);
// Without the instruction. For tests.
u32 crc32c_portable(ByteView bytes);

}  // namespace jangbu::base
