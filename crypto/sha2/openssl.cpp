// One message at a time: the block functions of OpenSSL, hand-written for every CPU. Our own text
// in one lane of 64-bit words takes 1.4 times as long (docs/performance.md).
#define OPENSSL_SUPPRESS_DEPRECATED  // as in crypto/hash.cpp
#include <openssl/sha.h>

#include <cstring>

#include "crypto/sha2/kernel.h"

namespace jangbu::crypto::sha2 {

void sha512_openssl_x1(u64 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    SHA512_CTX context{};
    std::memcpy(context.h, states[0], sizeof context.h);
    SHA512_Update(&context, blocks[0], block_count * Algorithm512::block_bytes);
    std::memcpy(states[0], context.h, sizeof context.h);
}

void sha256_openssl_x1(u32 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    SHA256_CTX context{};
    std::memcpy(context.h, states[0], sizeof context.h);
    SHA256_Update(&context, blocks[0], block_count * Algorithm256::block_bytes);
    std::memcpy(states[0], context.h, sizeof context.h);
}

}  // namespace jangbu::crypto::sha2
