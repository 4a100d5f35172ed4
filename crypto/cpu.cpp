#include "crypto/cpu.h"

#include <algorithm>
#include <array>
#include <atomic>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace jangbu::crypto {
namespace {

constexpr std::array tiers = {Tier::portable, Tier::avx2, Tier::avx512ifma};

struct Features {
    bool avx2 = false;
    bool avx512ifma = false;
    bool sha = false;
};

#if defined(__x86_64__)
// Which register states the operating system saves (XCR0).
unsigned saved_states() {
    unsigned low = 0, high = 0;
    asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

Features ask() {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return {};
    const bool has_xgetbv = (ecx & bit_OSXSAVE) != 0;
    const bool has_fma = (ecx & bit_FMA) != 0 && (ecx & bit_AVX) != 0;
    const bool has_ssse3 = (ecx & bit_SSSE3) != 0 && (ecx & bit_SSE4_1) != 0;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return {};

    constexpr unsigned ymm = 0x06, zmm = 0xe6;
    constexpr unsigned wanted512 =
        bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL | bit_AVX512IFMA;
    const unsigned states = has_xgetbv ? saved_states() : 0;
    Features found;
    found.sha = has_ssse3 && (ebx & bit_SHA) != 0;
    found.avx2 = has_fma && (ebx & bit_AVX2) != 0 && (states & ymm) == ymm;
    found.avx512ifma = found.avx2 && (ebx & wanted512) == wanted512 &&
                       (ecx & bit_AVX512VBMI2) != 0 && (states & zmm) == zmm;
    return found;
}
#else
Features ask() {
    return {};
}
#endif

const Features& features() {
    static const Features found = ask();
    return found;
}

std::atomic<Tier>& chosen() {
    static std::atomic<Tier> tier = features().avx512ifma ? Tier::avx512ifma
                                    : features().avx2     ? Tier::avx2
                                                          : Tier::portable;
    return tier;
}

}  // namespace

std::string_view name(Tier tier) {
    switch (tier) {
        case Tier::portable:
            return "portable";
        case Tier::avx2:
            return "avx2";
        case Tier::avx512ifma:
            return "avx512ifma";
    }
    return "unknown";
}

std::optional<Tier> tier_named(std::string_view text) {
    const auto* const found =
        std::ranges::find_if(tiers, [&](Tier tier) { return name(tier) == text; });
    if (found == tiers.end()) return std::nullopt;
    return *found;
}

bool is_supported(Tier tier) {
    switch (tier) {
        case Tier::portable:
            return true;
        case Tier::avx2:
            return features().avx2;
        case Tier::avx512ifma:
            return features().avx512ifma;
    }
    return false;
}

bool has_sha_instructions() {
    return features().sha;
}

Tier tier() {
    return chosen();
}

bool force_tier(Tier tier) {
    if (!is_supported(tier)) return false;
    chosen() = tier;
    return true;
}

}  // namespace jangbu::crypto
