// The tiers' tables. Each is constant data of its own translation unit; kernels() chooses.
#pragma once

#include "crypto/ed25519/kernels.h"

namespace jangbu::crypto::ed25519 {

extern const Kernels portable_kernels;
#if defined(__x86_64__)
extern const Kernels avx2_kernels;
extern const Kernels avx512ifma_kernels;
#endif

}  // namespace jangbu::crypto::ed25519
