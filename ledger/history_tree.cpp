#include "ledger/history_tree.h"

#include <algorithm>
#include <bit>
#include <mutex>

#include "base/assert.h"

namespace jangbu::ledger {
namespace {

// The largest power of two below n. REQUIRES: n > 1.
u64 left_size(u64 n) {
    return std::bit_floor(n - 1);
}

}  // namespace

void HistoryTree::append(const HeaderHash& header) {
    const std::unique_lock lock(mutex_);
    Hash subtree = crypto::merkle::leaf(header.bytes);
    for (std::size_t level = 0;; ++level) {
        if (level == levels_.size()) levels_.emplace_back();
        std::vector<Hash>& row = levels_[level];
        row.push_back(subtree);
        if (row.size() % 2 != 0) return;
        subtree = crypto::merkle::node(row[row.size() - 2], row.back());
    }
}

u64 HistoryTree::size() const {
    const std::shared_lock lock(mutex_);
    return levels_.empty() ? 0 : levels_[0].size();
}

Hash HistoryTree::root(u64 size) const {
    JANGBU_ASSERT(size <= this->size());
    const std::shared_lock lock(mutex_);
    return size == 0 ? crypto::merkle::empty_root() : range_root(0, size);
}

std::vector<Hash> HistoryTree::inclusion(u64 index, u64 size) const {
    JANGBU_ASSERT(index < size && size <= this->size());
    const std::shared_lock lock(mutex_);
    std::vector<Hash> path;  // from the root down
    for (u64 from = 0, to = size; to - from > 1;) {
        const u64 middle = from + left_size(to - from);
        path.push_back(index < middle ? range_root(middle, to) : range_root(from, middle));
        (index < middle ? to : from) = middle;
    }
    std::ranges::reverse(path);
    return path;
}

std::vector<Hash> HistoryTree::consistency(u64 first, u64 second) const {
    JANGBU_ASSERT(first <= second && second <= this->size());
    const std::shared_lock lock(mutex_);
    std::vector<Hash> path;
    if (first > 0) consistency_path(first, 0, second, true, path);
    return path;
}

// Ranges come from splitting at powers of two, so one of power-of-two size is aligned: a perfect
// subtree.
Hash HistoryTree::range_root(u64 from, u64 to) const {
    const u64 size = to - from;
    if (std::has_single_bit(size))
        return levels_[static_cast<std::size_t>(std::countr_zero(size))][from / size];
    const u64 middle = from + left_size(size);
    return crypto::merkle::node(range_root(from, middle), range_root(middle, to));
}

// SUBPROOF of RFC 9162 section 2.1.4.1; `first` counts from `from`.
void HistoryTree::consistency_path(u64 first, u64 from, u64 to, bool whole,
                                   std::vector<Hash>& path) const {
    if (first == to - from) {
        if (!whole) path.push_back(range_root(from, to));
        return;
    }
    const u64 left = left_size(to - from);
    if (first <= left) {
        consistency_path(first, from, from + left, whole, path);
        path.push_back(range_root(from + left, to));
    } else {
        consistency_path(first - left, from + left, to, false, path);
        path.push_back(range_root(from, from + left));
    }
}

}  // namespace jangbu::ledger
