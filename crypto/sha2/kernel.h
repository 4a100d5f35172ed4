// Kernels: the compression function over several messages at a time, one per lane.
//
// Each is a translation unit with its own instruction set, called only after crypto/cpu.h said that
// the CPU has it. Everything in it but the function declared here has internal linkage, so that no
// code for a newer CPU can be linked into portable code.
#pragma once

#include "crypto/sha2/algorithm.h"

namespace jangbu::crypto::sha2 {

// Advances states[l] by block_count blocks that lie one after the other from blocks[l], for each
// lane l. Any alignment.
template <class Algorithm>
using Compress = void (*)(typename Algorithm::Word (*states)[8], const u8* const* blocks,
                          std::size_t block_count);

template <class Algorithm>
struct Kernel {
    std::size_t lanes;
    std::size_t lanes_min;  // with fewer in use the next, narrower kernel is faster (measured)
    Compress<Algorithm> compress;
};

void sha512_openssl_x1(u64 (*states)[8], const u8* const* blocks, std::size_t block_count);
void sha256_openssl_x1(u32 (*states)[8], const u8* const* blocks, std::size_t block_count);

#if defined(__x86_64__)
void sha512_avx2_x4(u64 (*states)[8], const u8* const* blocks, std::size_t block_count);
void sha256_avx2_x8(u32 (*states)[8], const u8* const* blocks, std::size_t block_count);

void sha256_sha_x2(u32 (*states)[8], const u8* const* blocks, std::size_t block_count);

void sha512_avx512_x8(u64 (*states)[8], const u8* const* blocks, std::size_t block_count);
void sha512_avx512_x16(u64 (*states)[8], const u8* const* blocks, std::size_t block_count);
void sha256_avx512_x16(u32 (*states)[8], const u8* const* blocks, std::size_t block_count);
void sha256_avx512_x32(u32 (*states)[8], const u8* const* blocks, std::size_t block_count);
#endif

}  // namespace jangbu::crypto::sha2
