#include "app/daemon/version.h"

#include "crypto/cpu.h"

namespace jangbu::app {

std::string supported_tiers() {
    std::string out;
    for (const crypto::Tier tier :
         {crypto::Tier::portable, crypto::Tier::avx2, crypto::Tier::avx512ifma}) {
        if (!crypto::is_supported(tier)) continue;
        if (!out.empty()) out += ", ";
        out += crypto::name(tier);
    }
    return out;
}

std::string version_text(bool verbose) {
    std::string out = "jangbud 0.1, protocol 1";
    if (!verbose) return out;
    out += "\nverification tier: ";
    out += crypto::name(crypto::tier());
    out += " (unless verification.tier names another)\nthis CPU runs: ";
    out += supported_tiers();
    out += crypto::has_sha_instructions() ? "; SHA-256 in hardware" : "; no SHA-256 in hardware";
    out += "\nbuilt by: " JANGBU_COMPILER "\nbuilt with: " JANGBU_LIBRARIES;
    return out;
}

}  // namespace jangbu::app
