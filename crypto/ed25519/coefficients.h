// The random coefficients of a batch: 127 bits each, drawn from a hash of everything that the batch
// states, so that no author can foresee them and every node draws the same.
//
// 16 SHA-512 chains take the entries in turn, whatever the lanes of the tier; their ends and the
// count are the seed; SHA-512(seed, i) gives four coefficients. Memory is kept. Threads: one at a
// time.
#pragma once

#include "crypto/ed25519/bucket_plan.h"
#include "crypto/many_hashes.h"

namespace jangbu::crypto::ed25519 {

class Coefficients {
public:
    // Room for `count` entries of entry_bytes each, all zero.
    void start(std::size_t count, std::size_t entry_bytes);
    // What names entry i. All must be written before draw().
    std::span<u8> entry(std::size_t i);
    // As many as there are entries; valid until the next start().
    std::span<const HalfScalar> draw();

private:
    static constexpr std::size_t chains = 16;

    std::size_t count_ = 0;
    std::size_t entry_bytes_ = 0;
    std::size_t chain_entries_ = 0;
    std::vector<u8> entries_;  // chain by chain
    std::vector<ByteArray<8>> counters_;
    std::vector<MessageParts> messages_;
    std::vector<Hash512> digests_;
    std::vector<HalfScalar> drawn_;
};

}  // namespace jangbu::crypto::ed25519
