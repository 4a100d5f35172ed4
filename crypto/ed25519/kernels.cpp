#include "crypto/ed25519/kernels.h"

#include "base/assert.h"
#include "crypto/ed25519/tiers.h"

namespace jangbu::crypto::ed25519 {

const Kernels& kernels(Tier tier) {
    JANGBU_ASSERT(is_supported(tier));
#if defined(__x86_64__)
    if (tier == Tier::avx512ifma) return avx512ifma_kernels;
    if (tier == Tier::avx2) return avx2_kernels;
#endif
    return portable_kernels;
}

}  // namespace jangbu::crypto::ed25519
