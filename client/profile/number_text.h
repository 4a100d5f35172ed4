// Numbers, shares, durations and times for people. Threads: pure functions, no locale.
#pragma once

#include <string>

#include "base/integers.h"

namespace jangbu::client {

// At most six significant digits.
std::string number_text(double value);
// The shortest text that gives the same double.
std::string exact_number_text(double value);
// 1,234,567
std::string grouped(u64 value);
std::string percent_text(u64 part, u64 whole);
std::string duration_ns_text(i64 ns);
// 2026-01-05 14:05:07.100, or what of it is there; a time of day alone where the date is 1970.
std::string time_ns_text(i64 ns);

}  // namespace jangbu::client
