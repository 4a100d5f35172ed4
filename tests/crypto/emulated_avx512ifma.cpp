#include "crypto/ed25519/lane_kernels.h"
#include "tests/support/emulated_kernels.h"
#include "tests/support/emulated_lanes.h"

namespace jangbu::tests {

const crypto::ed25519::Kernels emulated_avx512ifma_kernels =
    crypto::ed25519::LaneKernels<EmulatedIfmaLanes, 1>::table(crypto::Tier::avx512ifma);

}  // namespace jangbu::tests
