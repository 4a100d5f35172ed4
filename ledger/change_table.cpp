#include "ledger/change_table.h"

#include <algorithm>
#include <cstring>

namespace jangbu::ledger {
namespace {

constexpr std::size_t slots_least = 64;

}  // namespace

const Bytes* ChangeTable::Entry::current() const {
    if (kind == Kind::below) return found;
    return kind == Kind::written ? &value : nullptr;
}

u64 ChangeTable::hash(ByteView key) const {
    u64 mixed = seed_ ^ key.size();
    while (!key.empty()) {
        u64 word = 0;
        const std::size_t length = std::min<std::size_t>(8, key.size());
        std::memcpy(&word, key.data(), length);
        mixed = (mixed ^ word) * 0x9e3779b97f4a7c15u;
        mixed ^= mixed >> 32;
        key = key.subspan(length);
    }
    return mixed;
}

ChangeTable::Entry* ChangeTable::find(ByteView key, u64 hash) {
    const auto is_it = [&](const Entry& entry) {
        return entry.key.size() == key.size() &&
               std::memcmp(entry.key.data(), key.data(), key.size()) == 0;
    };
    if (slots_.empty()) {
        for (std::size_t i = 0; i < entries_.size(); ++i)
            if (hashes_[i] == hash && is_it(entries_[i])) return &entries_[i];
        return nullptr;
    }
    const std::size_t mask = slots_.size() - 1;
    const auto tag = static_cast<u32>(hash >> 32);
    for (std::size_t at = hash & mask; slots_[at].index != 0; at = (at + 1) & mask) {
        if (slots_[at].tag != tag) continue;
        Entry& entry = entries_[slots_[at].index - 1];
        if (entry.hash == hash && is_it(entry)) return &entry;
    }
    return nullptr;
}

ChangeTable::Entry& ChangeTable::add(Bytes key, u64 hash) {
    Entry& entry = entries_.emplace_back();
    entry.key = std::move(key);
    entry.hash = hash;
    if (entries_.size() <= linear_most) {
        hashes_[entries_.size() - 1] = hash;
    } else if (entries_.size() * 2 > slots_.size()) {
        grow();
    } else {
        place(static_cast<u32>(entries_.size()));
    }
    return entry;
}

void ChangeTable::place(u32 index) {
    const std::size_t mask = slots_.size() - 1;
    const u64 hash = entries_[index - 1].hash;
    std::size_t at = hash & mask;
    while (slots_[at].index != 0) at = (at + 1) & mask;
    slots_[at] = {index, static_cast<u32>(hash >> 32)};
}

void ChangeTable::grow() {
    slots_.assign(std::max(slots_least, slots_.size() * 2), {});
    for (u32 index = 1; index <= entries_.size(); ++index) place(index);
}

}  // namespace jangbu::ledger
