#include "node/verdict_cache.h"

#include <bit>
#include <cstring>

#include "base/assert.h"

namespace jangbu::node {

VerdictCache::VerdictCache(std::size_t verdicts_max)
    : verdicts_max_(verdicts_max), slots_(std::bit_ceil(2 * verdicts_max), nobody) {
    JANGBU_ASSERT(verdicts_max >= 1 && verdicts_max <= std::size_t{1} << 30);
    ring_.reserve(verdicts_max);
}

// Key and signature have one length, so no two claims are written alike.
VerdictCache::Name VerdictCache::name(const crypto::Claim& claim) const {
    return crypto::sha256({salt_, claim.key.bytes, claim.signature, claim.message});
}

void VerdictCache::find(std::span<const Name> names, std::span<bool> good) const {
    JANGBU_ASSERT(names.size() == good.size());
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < names.size(); ++i) good[i] = slots_[slot_of(names[i])] != nobody;
}

void VerdictCache::add(std::span<const Name> names) {
    const std::scoped_lock lock(mutex_);
    for (const Name& name : names) insert(name);
}

std::size_t VerdictCache::size() const {
    const std::scoped_lock lock(mutex_);
    return ring_.size();
}

std::size_t VerdictCache::home(const Name& name) const {
    u64 first = 0;
    std::memcpy(&first, name.data(), sizeof first);
    return static_cast<std::size_t>(first) & (slots_.size() - 1);
}

// Ends, since at least half of the slots are free.
std::size_t VerdictCache::slot_of(const Name& name) const {
    std::size_t at = home(name);
    while (slots_[at] != nobody && ring_[slots_[at]] != name) at = (at + 1) & (slots_.size() - 1);
    return at;
}

void VerdictCache::insert(const Name& name) {
    if (slots_[slot_of(name)] != nobody) return;
    if (ring_.size() < verdicts_max_) {
        slots_[slot_of(name)] = static_cast<u32>(ring_.size());
        ring_.push_back(name);
        return;
    }
    erase(ring_[oldest_]);
    slots_[slot_of(name)] = static_cast<u32>(oldest_);
    ring_[oldest_] = name;
    oldest_ = (oldest_ + 1) % verdicts_max_;
}

// Deletion by shifting back (Knuth, The Art of Computer Programming 3, section 6.4, algorithm R):
// whoever stands behind the gap and would be looked for across it moves into it.
void VerdictCache::erase(const Name& name) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t gap = slot_of(name);
    JANGBU_ASSERT(slots_[gap] != nobody);
    for (std::size_t at = (gap + 1) & mask; slots_[at] != nobody; at = (at + 1) & mask) {
        const std::size_t wanted = home(ring_[slots_[at]]);
        if (((at - wanted) & mask) < ((at - gap) & mask)) continue;
        slots_[gap] = slots_[at];
        gap = at;
    }
    slots_[gap] = nobody;
}

}  // namespace jangbu::node
