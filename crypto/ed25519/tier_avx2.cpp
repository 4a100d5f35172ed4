// Compiled with -mavx2 -mfma: nothing here runs before the CPU was asked.
#if defined(__x86_64__)

#include "crypto/ed25519/lane_kernels.h"
#include "crypto/ed25519/multiplier_avx2.h"
#include "crypto/ed25519/tiers.h"

namespace jangbu::crypto::ed25519 {

const Kernels avx2_kernels = LaneKernels<Fma<FmaInstructions>, 2>::table(Tier::avx2);

}  // namespace jangbu::crypto::ed25519

#endif
