// [a]A + [b]B with the base point B: both at once over the same doublings (Straus), odd multiples
// in tables, signed windows. Variable time: public data only. Threads: any; the table of B is made
// at the first use.
#pragma once

#include "crypto/ed25519/point.h"
#include "crypto/ed25519/scalar.h"

namespace jangbu::crypto::ed25519 {

// REQUIRES: a, b < 2^255.
Extended<Field> multiply(const Scalar& a, const Extended<Field>& point, const Scalar& b);

}  // namespace jangbu::crypto::ed25519
