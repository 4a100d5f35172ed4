// SHA-512 and SHA-256 on any CPU: one lane, which is one word.
#include "crypto/sha2/compress.h"
#include "crypto/sha2/kernel.h"
#include "crypto/sha2/word_lanes.h"

namespace jangbu::crypto::sha2 {
namespace {
struct Portable;
}

void sha512_portable(u64 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    Compression<WordLanes<Portable, Sha512, 1>>::compress(states, blocks, block_count);
}

void sha256_portable(u32 (*states)[8], const u8* const* blocks, std::size_t block_count) {
    Compression<WordLanes<Portable, Sha256, 1>>::compress(states, blocks, block_count);
}

}  // namespace jangbu::crypto::sha2
