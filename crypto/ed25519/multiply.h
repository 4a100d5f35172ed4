// [a]A + [b]B with the base point B: both at once over the same doublings (Straus), odd multiples
// in tables, signed windows. One lane. Variable time: public data only. Threads: any; the table of
// B is made at the first use.
#pragma once

#include <optional>

#include "crypto/ed25519/decompress.h"
#include "crypto/ed25519/field_portable.h"
#include "crypto/ed25519/scalar.h"

namespace jangbu::crypto::ed25519 {

std::optional<Decompressed<Portable>> decompress(const ByteArray<32>& bytes);

// REQUIRES: a, b < 2^255.
Extended<Portable> multiply(const Scalar& a, const Extended<Portable>& point, const Scalar& b);

}  // namespace jangbu::crypto::ed25519
