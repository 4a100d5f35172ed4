#include "ledger/place_index.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace jangbu::ledger {
namespace {

constexpr unsigned index_bits = 20;
constexpr std::size_t recent_least = 65'536;

}  // namespace

PlaceIndex::Entry PlaceIndex::entry_of(const TxId& id, u64 place) {
    Entry entry;
    std::memcpy(&entry.first, id.bytes.data(), 8);
    std::memcpy(&entry.second, id.bytes.data() + 8, 8);
    entry.place = place;
    return entry;
}

void PlaceIndex::add(const TxId& id, u64 height, u32 index) {
    JANGBU_ASSERT(index < 1u << index_bits && height < u64{1} << (64 - index_bits));
    recent_.push_back(entry_of(id, height << index_bits | index));
    is_sorted_ = false;
}

const PlaceIndex::Entry* PlaceIndex::find_in(const std::vector<Entry>& sorted,
                                             const Entry& wanted) {
    const auto at = std::ranges::lower_bound(sorted, wanted);
    if (at == sorted.end() || at->first != wanted.first || at->second != wanted.second)
        return nullptr;
    return &*at;
}

std::optional<std::pair<u64, u32>> PlaceIndex::find(const TxId& id) {
    if (!is_sorted_) std::ranges::sort(recent_);
    is_sorted_ = true;
    // Merged seldom enough that an entry is moved a few times in its life.
    if (recent_.size() > recent_least + old_.size() / 4) {
        std::vector<Entry> merged(size());
        std::ranges::merge(old_, recent_, merged.begin());
        old_ = std::move(merged);
        recent_.clear();
    }
    const Entry wanted = entry_of(id, 0);
    const Entry* found = find_in(recent_, wanted);
    if (!found) found = find_in(old_, wanted);
    if (!found) return std::nullopt;
    return std::pair(found->place >> index_bits,
                     static_cast<u32>(found->place & ((1u << index_bits) - 1)));
}

}  // namespace jangbu::ledger
