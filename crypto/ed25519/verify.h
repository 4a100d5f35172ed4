// The ZIP-215 rule, one signature at a time, and the strict admission of keys. Threads: pure.
#pragma once

#include "base/bytes.h"

namespace jangbu::crypto::ed25519 {

bool verify(const ByteArray<32>& key, ByteView message, const ByteArray<64>& signature);
bool is_admissible(const ByteArray<32>& key);

}  // namespace jangbu::crypto::ed25519
