#include "node/chunk_map.h"

namespace jangbu::node {

Result<ChunkMap> ChunkMap::from_bytes(u64 n, Bytes bits) {
    ChunkMap map(n);
    if (bits.size() != map.bits_.size())
        return fail(ErrorCode::malformed, "a map of present chunks has another length");
    if (n % 8 != 0 && bits.back() >> (n % 8) != 0)
        return fail(ErrorCode::malformed, "a map of present chunks has bits beyond the last chunk");
    map.bits_ = std::move(bits);
    return map;
}

u64 ChunkMap::first_absent(u64 from, u64 to) const {
    u64 index = from;
    while (index < to) {
        if (index % 8 == 0 && bits_[index / 8] == 0xFF)
            index += 8;
        else if (contains(index))
            ++index;
        else
            return index;
    }
    return to;
}

std::vector<u64> ChunkMap::absent(std::size_t count_max) const {
    std::vector<u64> indices;
    for (u64 index = first_absent(0, n_); index < n_ && indices.size() < count_max;
         index = first_absent(index + 1, n_))
        indices.push_back(index);
    return indices;
}

}  // namespace jangbu::node
