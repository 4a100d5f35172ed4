// The kernels of the vector tiers over emulated lanes: what a CPU without them can check.
#pragma once

#include "crypto/ed25519/kernels.h"

namespace jangbu::tests {

extern const crypto::ed25519::Kernels emulated_avx2_kernels;
extern const crypto::ed25519::Kernels emulated_avx512ifma_kernels;

}  // namespace jangbu::tests
