// What this CPU and operating system can run, asked once (CPUID, XGETBV), and the tier of vector
// code that is used.
//
// Every tier gives the same results; they differ in speed alone. Threads: any; force_tier before
// the first use of what depends on it (program start, tests).
#pragma once

#include <optional>
#include <string_view>

namespace jangbu::crypto {

enum class Tier : unsigned char {
    portable,    // 64-bit words, any CPU
    avx2,        // AVX2 and FMA: four lanes
    avx512ifma,  // AVX-512 F, DQ, BW, VL, IFMA, VBMI2: eight lanes
};

std::string_view name(Tier tier);
std::optional<Tier> tier_named(std::string_view name);

bool is_supported(Tier tier);
bool has_sha_instructions();  // SHA-256 rounds in hardware (SHA-NI)

// The best supported one, or what was forced.
Tier tier();
// False, and nothing changed, if this CPU cannot run it.
bool force_tier(Tier tier);

}  // namespace jangbu::crypto
