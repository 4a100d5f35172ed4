// Keystore file: 32 secret bytes under a password, Argon2id + XChaCha20-Poly1305 (docs/formats.md,
// keystore).
//
// Written atomically (base/file.h) with mode 0600. The parameters are authenticated and capped on
// reading, so a hostile file cannot ask for all memory. A password is taken in its NFC form, so
// that it does not depend on the keyboard. Threads: all functions may run at once; each takes the
// memory of its cost. Errors: io, not_found, already_exists, malformed (damaged, or no keystore),
// wrong_password (also for a file that was changed on purpose: the two cannot be told apart),
// limit_exceeded (not enough memory), usage (a cost out of bounds).
#pragma once

#include <filesystem>

#include "base/result.h"
#include "crypto/hash.h"

namespace jangbu::crypto {

struct KeystoreCost {
    u32 memory_kib = 256 * 1024;
    u32 passes = 3;
};
inline constexpr u32 keystore_memory_kib_min = 8;
inline constexpr u32 keystore_memory_kib_max = 1024 * 1024;
inline constexpr u32 keystore_passes_max = 10;

// The bytes of the file.
Result<Bytes> seal_keystore(const ByteArray<32>& secret, std::string_view password,
                            KeystoreCost cost = {});
Result<ByteArray<32>> open_keystore(ByteView file, std::string_view password);

// Fails with already_exists instead of replacing a file.
Status write_keystore(const std::filesystem::path& file, const ByteArray<32>& secret,
                      std::string_view password, KeystoreCost cost = {});
Result<ByteArray<32>> read_keystore(const std::filesystem::path& file, std::string_view password);

}  // namespace jangbu::crypto
