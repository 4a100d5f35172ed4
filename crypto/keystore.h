// Keystore file: 32 secret bytes under a password, Argon2id + XChaCha20-Poly1305 (docs/formats.md, keystore).
//
// Written atomically (temporary file, fsync, rename, fsync of the folder) with mode 0600. The parameters are
// authenticated and capped on reading, so a hostile file cannot ask for all memory.
// Errors: io, malformed, wrong_password (also for any changed byte: the two cannot be told apart).
#pragma once

#include <filesystem>

#include "base/result.h"
#include "crypto/hash.h"

namespace jangbu::crypto {

struct KeystoreCost {
    u32 memory_kib = 256 * 1024;
    u32 passes = 3;
};

// Fails with already_exists instead of replacing a file.
Status write_keystore(const std::filesystem::path& file, const ByteArray<32>& secret, std::string_view password,
                      KeystoreCost cost = {});
Result<ByteArray<32>> read_keystore(const std::filesystem::path& file, std::string_view password);

}  // namespace jangbu::crypto
