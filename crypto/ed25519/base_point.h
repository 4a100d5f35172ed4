// Tables of the base point B in the rows of one tier, made at the first use and kept.
#pragma once

#include "crypto/ed25519/kernels.h"

namespace jangbu::crypto::ed25519 {

// y = 4/5, x even: RFC 8032 section 5.1.
consteval ByteArray<32> base_encoding() {
    ByteArray<32> bytes;
    bytes.fill(0x66);
    bytes[0] = 0x58;
    return bytes;
}

struct BasePoint {
    AffineRow split[split_shape.size()];
    AffineRow table[base_shape.size()];
};

// Threads: any. The result lives as long as the program.
const BasePoint& base_point(const Kernels& kernels);

}  // namespace jangbu::crypto::ed25519
