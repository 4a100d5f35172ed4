#include "ledger/sparse_bucket.h"

#include <algorithm>
#include <memory>
#include <new>

#include "base/assert.h"

namespace jangbu::ledger::sparse {
namespace {

std::size_t bytes_of(std::size_t size) {
    return sizeof(Bucket) + size * sizeof(Entry);
}

}  // namespace

const Leaf* Bucket::find(const Hash& key) const {
    for (const Entry& entry : entries())
        if (entry.key == key) return entry.leaf;
    return nullptr;
}

BucketPool::~BucketPool() {
    for (Bucket* bucket : large_) ::operator delete(bucket);
}

Bucket* BucketPool::make(u64 born, Bucket* older, std::span<const Entry> entries) {
    const std::size_t size = entries.size();
    void* place = nullptr;
    if (size > small_size_max) {
        place = ::operator new(bytes_of(size));
        large_.insert(static_cast<Bucket*>(place));
    } else if (Bucket* free = free_[size]) {
        free_[size] = free->older;
        place = free;
        prefetch_free(size);
    } else {
        place = carve(bytes_of(size));
    }
    Bucket* bucket = new (place) Bucket{born, older, size};
    std::uninitialized_copy(entries.begin(), entries.end(), bucket->entries().data());
    return bucket;
}

void BucketPool::give_back(Bucket* bucket) {
    if (bucket->size <= small_size_max) {
        bucket->older = free_[bucket->size];
        free_[bucket->size] = bucket;
        return;
    }
    const std::size_t erased = large_.erase(bucket);
    JANGBU_ASSERT(erased == 1);
    ::operator delete(bucket);
}

// The bucket after the next: it was last touched long ago, and will be written soon.
void BucketPool::prefetch_free(std::size_t size) const {
    const Bucket* next = free_[size];
    if (!next || !next->older) return;
    const char* soon = reinterpret_cast<const char*>(next->older);
    for (std::size_t line = 0; line < bytes_of(size); line += 64)
        __builtin_prefetch(soon + line, 1);
}

std::byte* BucketPool::carve(std::size_t bytes) {
    if (chunks_.empty() || used_bytes_ + bytes > chunks_.back().bytes()) {
        // Small trees are many; big ones should not ask the system often.
        const std::size_t chunk_bytes =
            chunks_.empty() ? 16 << 10 : std::min(chunk_bytes_max, 2 * chunks_.back().bytes());
        chunks_.emplace_back(chunk_bytes);
        used_bytes_ = 0;
    }
    std::byte* place = static_cast<std::byte*>(chunks_.back().data()) + used_bytes_;
    used_bytes_ += bytes;
    return place;
}

}  // namespace jangbu::ledger::sparse
