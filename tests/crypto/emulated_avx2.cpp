#include "crypto/ed25519/lane_kernels.h"
#include "tests/support/emulated_kernels.h"
#include "tests/support/emulated_lanes.h"

namespace jangbu::tests {

const crypto::ed25519::Kernels emulated_avx2_kernels =
    crypto::ed25519::LaneKernels<EmulatedFmaLanes, 1>::table(crypto::Tier::avx2);

}  // namespace jangbu::tests
