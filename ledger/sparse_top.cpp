#include "ledger/sparse_top.h"

#include <algorithm>
#include <iterator>

#include "base/assert.h"

namespace jangbu::ledger::sparse {

void Overwritten::keep(std::size_t level, u32 index, const Node& node) {
    if (levels_.size() <= level) levels_.resize(level + 1);
    levels_[level].push_back({index, node});
}

void Overwritten::sort(std::size_t level) {
    if (level >= levels_.size()) return;
    std::vector<Kept>& kept = levels_[level];
    const auto second = std::ranges::is_sorted_until(kept, {}, &Kept::index);
    // Not inplace_merge: with clang-19 the library's own buffer is deprecated.
    std::vector<Kept> merged;
    merged.reserve(kept.size());
    std::ranges::merge(std::ranges::subrange(kept.begin(), second),
                       std::ranges::subrange(second, kept.end()), std::back_inserter(merged), {},
                       &Kept::index, &Kept::index);
    kept = std::move(merged);
}

const Node* Overwritten::find(std::size_t level, u32 index) const {
    if (levels_.size() <= level) return nullptr;
    const std::vector<Kept>& kept = levels_[level];
    const auto at = std::ranges::lower_bound(kept, index, {}, &Kept::index);
    return at != kept.end() && at->index == index ? &at->node : nullptr;
}

void Overwritten::clear() {
    for (std::vector<Kept>& kept : levels_) kept.clear();
}

void Top::deepen(std::size_t level) {
    JANGBU_ASSERT(level <= level_max);
    for (; made_ <= level; ++made_) {
        const std::size_t size = std::size_t{1} << made_;
        Level& made = levels_[made_];
        made.hashes = ZeroedArray<Hash>(size);
        made.leaves = ZeroedArray<u8>(size);
        made.slots = ZeroedArray<Bucket*>(size);
    }
}

}  // namespace jangbu::ledger::sparse
