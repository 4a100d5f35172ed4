// ChunkMap: which of n chunks are present, one bit each; its bytes are what the store keeps beside
// the ciphertext.
//
// Threads: plain value. Errors of from_bytes: malformed.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::node {

class ChunkMap {
public:
    explicit ChunkMap(u64 n = 0) : n_(n), bits_((n + 7) / 8) {}
    static Result<ChunkMap> from_bytes(u64 n, Bytes bits);

    bool contains(u64 index) const { return (bits_[index / 8] >> (index % 8) & 1) != 0; }
    void add(u64 index) {
        bits_[index / 8] = static_cast<u8>(bits_[index / 8] | 1u << (index % 8));
    }
    // The first absent chunk in [from, to), or `to`.
    u64 first_absent(u64 from, u64 to) const;
    std::vector<u64> absent(std::size_t count_max) const;
    const Bytes& bytes() const { return bits_; }

private:
    u64 n_ = 0;
    Bytes bits_;
};

}  // namespace jangbu::node
