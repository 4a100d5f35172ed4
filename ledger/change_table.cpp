#include "ledger/change_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/assert.h"
#include "ledger/limits.h"

namespace jangbu::ledger {
namespace {

constexpr std::size_t table_slots_least = 64;

u64 word_at(const u8* bytes) {
    u64 word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

// Both halves of the product.
u64 folded_product(u64 a, u64 b) {
    const u128 product = u128{a} * b;
    return static_cast<u64>(product) ^ static_cast<u64>(product >> 64);
}

}  // namespace

ChangeTable::Entry::Entry(ByteView key, u64 key_hash)
    : hash(key_hash), key_bytes_(static_cast<u16>(key.size())) {
    JANGBU_ASSERT(key.size() <= limits::state_key_bytes_max);
    if (key.size() > near_bytes_max) far_ = std::make_unique_for_overwrite<u8[]>(key.size());
    std::ranges::copy(key, far_ ? far_.get() : near_.data());
}

bool ChangeTable::Entry::is(ByteView other, u64 other_hash) const {
    return hash == other_hash && std::ranges::equal(key(), other);
}

void ChangeTable::Entry::set_found(std::optional<ByteView> found) {
    static constexpr u8 nothing = 0;  // an empty value may stand nowhere
    found_ = !found ? nullptr : found->empty() ? &nothing : found->data();
    found_bytes_ = found ? static_cast<u32>(found->size()) : 0;
}

std::optional<ByteView> ChangeTable::Entry::current() const {
    if (kind == Kind::written) return value;
    if (kind == Kind::erased || !found_) return std::nullopt;
    return ByteView(found_, found_bytes_);
}

// Sixteen bytes a multiplication, which do not wait for each other. The shape is that of wyhash.
u64 ChangeTable::hash(ByteView key) const {
    constexpr u64 odd = 0x9e3779b97f4a7c15u;
    u64 mixed = seed_ ^ key.size();
    u64 secret = seed_;
    const auto add = [&](const u8* block) {
        secret += odd;
        mixed ^=
            folded_product(word_at(block) ^ secret, word_at(block + 8) ^ std::rotl(secret, 32));
    };
    for (; key.size() >= 16; key = key.subspan(16)) add(key.data());
    if (!key.empty()) {
        ByteArray<16> rest{};
        std::ranges::copy(key, rest.begin());
        add(rest.data());
    }
    return folded_product(mixed ^ odd, secret | 1);
}

ChangeTable::Entry* ChangeTable::find(ByteView key, u64 hash) {
    if (slots_.empty()) {
        for (std::size_t i = 0; i < entries_.size(); ++i)
            if (hashes_[i] == hash && entries_[i].is(key, hash)) return &entries_[i];
        return nullptr;
    }
    const std::size_t mask = slots_.size() - 1;
    const auto tag = static_cast<u32>(hash >> 32);
    for (std::size_t at = hash & mask; slots_[at].index != 0; at = (at + 1) & mask) {
        if (slots_[at].tag != tag) continue;
        Entry& entry = entries_[slots_[at].index - 1];
        if (entry.is(key, hash)) return &entry;
    }
    return nullptr;
}

ChangeTable::Entry& ChangeTable::add(ByteView key, u64 hash) {
    Entry& entry = entries_.emplace_back(key, hash);
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
    slots_.assign(std::max(table_slots_least, slots_.size() * 2), {});
    for (u32 index = 1; index <= entries_.size(); ++index) place(index);
}

}  // namespace jangbu::ledger
