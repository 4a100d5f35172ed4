// Compiled with -mavx512f -mavx512dq -mavx512vl -mavx512ifma: nothing here runs before the CPU was
// asked.
#if defined(__x86_64__)

#include "crypto/ed25519/field_ifma.h"
#include "crypto/ed25519/lane_kernels.h"
#include "crypto/ed25519/multiplier_avx512ifma.h"
#include "crypto/ed25519/tiers.h"

namespace jangbu::crypto::ed25519 {

const Kernels avx512ifma_kernels = LaneKernels<Ifma<IfmaInstructions>, 2>::table(Tier::avx512ifma);

}  // namespace jangbu::crypto::ed25519

#endif
