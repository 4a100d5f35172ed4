#include "tests/support/emulated_kernels.h"

#include "crypto/ed25519/lane_kernels.h"
#include "tests/support/emulated_lanes.h"

namespace jangbu::tests {

using crypto::Tier;
using crypto::ed25519::LaneKernels;

const crypto::ed25519::Kernels emulated_avx2_kernels =
    LaneKernels<EmulatedFmaLanes, 2>::table(Tier::avx2);
const crypto::ed25519::Kernels emulated_avx512ifma_kernels =
    LaneKernels<EmulatedIfmaLanes, 2>::table(Tier::avx512ifma);

}  // namespace jangbu::tests
