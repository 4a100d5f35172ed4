#include "crypto/ed25519/field_portable.h"
#include "crypto/ed25519/lane_kernels.h"
#include "crypto/ed25519/tiers.h"

namespace jangbu::crypto::ed25519 {

const Kernels portable_kernels = LaneKernels<Portable, 1>::table(Tier::portable);

}  // namespace jangbu::crypto::ed25519
