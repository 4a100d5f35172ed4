// Numbers, times and names as people write and read them. Pure; independent of locale and time zone
// (UTC).
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::client {

std::string iso_time(u64 ms);       // 2026-01-02T03:04:05Z
std::string won_text(u64 amount);   // 1,000,000 won
std::string bytes_text(u64 bytes);  // 64.0 MiB
std::string duration_text(u64 ms);  // 3 d 4 h, 12 min, 5 s

// Short, and without control characters: for messages.
std::string printable(std::string_view text);

// Errors: usage, naming the text.
Result<u64> read_amount(std::string_view text);  // 1000000 or 1,000,000
Result<u64> read_time(std::string_view text,
                      u64 now_ms);  // 2026-12-31, with time of day, or +30d, +12h, +10min
Result<u64> read_duration(std::string_view text);  // 30d, 12h, 10min, 5s

}  // namespace jangbu::client
