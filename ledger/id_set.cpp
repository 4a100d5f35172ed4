#include "ledger/id_set.h"

#include <cstring>

namespace jangbu::ledger {
namespace {

constexpr std::size_t set_slots_least = 64;

}  // namespace

std::size_t IdSet::home(const TxId& id) const {
    u64 word = 0;
    std::memcpy(&word, id.bytes.data() + 8, 8);
    return word & (slots_.size() - 1);
}

std::size_t IdSet::find(const TxId& id) const {
    std::size_t slot = home(id);
    while (!is_empty(slot) && slots_[slot] != id) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
}

bool IdSet::contains(const TxId& id) const {
    if (id.is_zero()) return has_zero_;
    return !slots_.empty() && !is_empty(find(id));
}

bool IdSet::insert(const TxId& id) {
    if (id.is_zero()) {
        if (has_zero_) return false;
        has_zero_ = true;
        ++size_;
        return true;
    }
    if ((size_ + 1) * 2 > slots_.size()) grow();
    const std::size_t slot = find(id);
    if (!is_empty(slot)) return false;
    slots_[slot] = id;
    ++size_;
    return true;
}

// What follows without a gap moves up, so that no search ends early.
void IdSet::erase(const TxId& id) {
    if (id.is_zero()) {
        size_ -= has_zero_ ? 1 : 0;
        has_zero_ = false;
        return;
    }
    if (slots_.empty()) return;
    std::size_t gap = find(id);
    if (is_empty(gap)) return;
    --size_;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t next = (gap + 1) & mask; !is_empty(next); next = (next + 1) & mask) {
        const bool may_move = ((next - home(slots_[next])) & mask) >= ((next - gap) & mask);
        if (!may_move) continue;
        slots_[gap] = slots_[next];
        gap = next;
    }
    slots_[gap] = TxId();
}

void IdSet::grow() {
    const std::vector<TxId> before = std::exchange(slots_, {});
    slots_.resize(std::max(set_slots_least, before.size() * 2));
    for (const TxId& id : before)
        if (!id.is_zero()) slots_[find(id)] = id;
}

}  // namespace jangbu::ledger
