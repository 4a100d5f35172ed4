#include "ledger/sparse_bucket.h"

#include <algorithm>
#include <memory>
#include <new>

namespace jangbu::ledger::sparse {
namespace {

std::size_t bytes_of_bucket(std::size_t size) {
    return sizeof(Bucket) + size * sizeof(Entry);
}

std::size_t bytes_of_leaf(ByteView state_key, ByteView value) {
    return sizeof(Leaf) + state_key.size() + value.size();
}

}  // namespace

Leaf::Leaf(const Hash& hash, ByteView state_key, ByteView value)
    : value_hash(hash),
      key_bytes_(static_cast<u32>(state_key.size())),
      value_bytes_(static_cast<u32>(value.size())) {
    u8* const at = reinterpret_cast<u8*>(this + 1);
    std::ranges::copy(value, std::ranges::copy(state_key, at).out);
}

const Leaf* Leaf::make(Pool& pool, const Hash& value_hash, ByteView state_key, ByteView value) {
    return new (pool.take(bytes_of_leaf(state_key, value))) Leaf(value_hash, state_key, value);
}

void Leaf::give_back(Pool& pool, const Leaf* leaf) {
    pool.give_back(const_cast<Leaf*>(leaf), bytes_of_leaf(leaf->state_key(), leaf->value()));
}

Bucket* Bucket::make(Pool& pool, u64 born, Bucket* older, std::span<const Entry> entries) {
    Bucket* bucket =
        new (pool.take(bytes_of_bucket(entries.size()))) Bucket{born, older, entries.size()};
    std::uninitialized_copy(entries.begin(), entries.end(), bucket->entries().data());
    return bucket;
}

void Bucket::give_back(Pool& pool, Bucket* bucket) {
    pool.give_back(bucket, bytes_of_bucket(bucket->size));
}

const Leaf* Bucket::find(const Hash& key) const {
    for (const Entry& entry : entries())
        if (entry.key == key) return entry.leaf;
    return nullptr;
}

}  // namespace jangbu::ledger::sparse
