#include "market/sample_pool.h"

#include <algorithm>

namespace jangbu::market {
namespace {

u64 first_le64(const Hash& hash) {
    u64 value = 0;
    for (std::size_t i = 8; i-- > 0;) value = value << 8 | hash[i];
    return value;
}

}  // namespace

u64 sample_pool_size(u64 n) {
    return std::clamp<u64>(n / 100, 1, sample_pool_chunks_max);
}

std::vector<u64> sample_pool(const DatasetId& dataset, u64 n, const ledger::HeaderHash& draw) {
    static const crypto::Tag tag("jangbu/sample/v1");
    std::vector<u64> pool{0};
    // n is at least a hundred times the size, so that nearly every draw is a new index.
    for (u32 j = 0; pool.size() < sample_pool_size(n); ++j) {
        const u64 index = first_le64(tag({dataset.view(), draw.view(), le32(j)})) % n;
        if (std::ranges::find(pool, index) == pool.end()) pool.push_back(index);
    }
    std::ranges::sort(pool);
    return pool;
}

}  // namespace jangbu::market
