#include "crypto/ed25519/key_table.h"

#include <cstring>

#include "crypto/hash.h"

namespace jangbu::crypto::ed25519 {
namespace {

constexpr std::size_t slots_at_first = 256;

}  // namespace

u64 key_hash(const Encoding& key) {
    static const std::array<u64, 4> factors = [] {
        std::array<u64, 4> drawn;
        for (u64& factor : drawn) {
            const ByteArray<8> bytes = random_array<8>();
            std::memcpy(&factor, bytes.data(), 8);
            factor |= 1;
        }
        return drawn;
    }();
    u128 sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        u64 word;
        std::memcpy(&word, key.data() + 8 * i, 8);
        sum += static_cast<u128>(word) * factors[i];
    }
    return static_cast<u64>(sum >> 64) ^ static_cast<u64>(sum);
}

std::size_t KeyTable::slot_of(const Encoding& key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = key_hash(key) & mask;
    while (slots_[slot] != 0 && entries_[slots_[slot] - 1].encoding != key)
        slot = (slot + 1) & mask;
    return slot;
}

void KeyTable::grow() {
    std::vector<u32> old = std::move(slots_);
    slots_.assign(old.empty() ? slots_at_first : 2 * old.size(), 0);
    for (const u32 index : old)
        if (index != 0) slots_[slot_of(entries_[index - 1].encoding)] = index;
}

void KeyTable::remember(std::span<const Encoding> keys) {
    const std::scoped_lock lock(mutex_);
    std::vector<KeyEntry*> fresh;
    for (const Encoding& key : keys) {
        if (2 * (entries_.size() + 1) > slots_.size()) grow();
        const std::size_t slot = slot_of(key);
        if (slots_[slot] != 0 || entries_.size() >= keys_max_) continue;
        fresh.push_back(&entries_.emplace_back());
        fresh.back()->encoding = key;
        slots_[slot] = static_cast<u32>(entries_.size());
    }
    if (fresh.empty()) return;
    std::vector<const u8*> encodings;
    std::vector<AffineRow> points(fresh.size());
    std::vector<u8> on_curve(fresh.size());
    for (const KeyEntry* entry : fresh) encodings.push_back(entry->encoding.data());
    kernels_.decompress(encodings.data(), fresh.size(), points.data(), on_curve.data());
    std::vector<const AffineRow*> from;
    std::vector<AffineRow*> to;
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        fresh[i]->on_curve = on_curve[i] != 0;
        from.push_back(&points[i]);
        to.push_back(fresh[i]->split);
    }
    kernels_.make_tables(from.data(), from.size(), split_shape, to.data());
}

std::size_t KeyTable::size() const {
    const std::shared_lock lock(mutex_);
    return entries_.size();
}

void KeyTable::find(std::span<const Encoding* const> keys, std::span<KeyEntry*> found) {
    const std::shared_lock lock(mutex_);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        found[i] = nullptr;
        if (slots_.empty()) continue;
        const u32 index = slots_[slot_of(*keys[i])];
        if (index != 0) found[i] = &entries_[index - 1];
    }
}

void KeyTable::make_tables(std::span<KeyEntry* const> entries) {
    std::vector<KeyEntry*> lacking;
    {
        const std::shared_lock lock(mutex_);
        const std::size_t room = tables_max_ - tables_.size();
        for (KeyEntry* entry : entries)
            if (entry->table == nullptr && lacking.size() < room) lacking.push_back(entry);
    }
    if (lacking.empty()) return;
    std::vector<std::unique_ptr<AffineRow[]>> made;
    std::vector<const AffineRow*> from;
    std::vector<AffineRow*> to;
    for (const KeyEntry* entry : lacking) {
        made.push_back(std::make_unique_for_overwrite<AffineRow[]>(key_shape.size()));
        from.push_back(entry->split);
        to.push_back(made.back().get());
    }
    kernels_.make_tables(from.data(), from.size(), key_shape, to.data());
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < lacking.size(); ++i) {
        // Another thread may have been faster.
        if (lacking[i]->table != nullptr || tables_.size() == tables_max_) continue;
        lacking[i]->table = made[i].get();
        tables_.push_back(std::move(made[i]));
    }
}

}  // namespace jangbu::crypto::ed25519
