// The kernels that this machine can run: the tiers of its CPU, and the vector tiers over emulated
// lanes, which are slow and check their bounds. Under AddressSanitizer they would take minutes;
// there only the CPU's own tiers run.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/emulated_kernels.h"

namespace jangbu::tests {

// Under AddressSanitizer all is some ten times slower: fewer rounds do there.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool is_sanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool is_sanitized = false;
#endif

struct Engine {
    std::string name;
    const crypto::ed25519::Kernels* kernels;
    bool is_slow;
};

inline std::vector<Engine> engines() {
    using crypto::Tier;
    std::vector<Engine> out;
    for (const Tier tier : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
        const std::string name(crypto::name(tier));
        if (crypto::is_supported(tier))
            out.push_back({name, &crypto::ed25519::kernels(tier), false});
        else
            MESSAGE("SKIPPED on this CPU: ", name, ", its lanes are emulated");
    }
    if (is_sanitized) {
        MESSAGE("SKIPPED under AddressSanitizer: emulated lanes, which the other build runs");
        return out;
    }
    out.push_back({"avx2 emulated", &emulated_avx2_kernels, true});
    out.push_back({"avx512ifma emulated", &emulated_avx512ifma_kernels, true});
    return out;
}

}  // namespace jangbu::tests
