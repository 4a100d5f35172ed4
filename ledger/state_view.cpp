#include "ledger/state_view.h"

#include <algorithm>

namespace jangbu::ledger {
namespace {

// The first eight bytes as a number that orders as they do.
u64 prefix_of(const StateKey& key) {
    u64 prefix = 0;
    for (std::size_t i = 0; i < 8; ++i) prefix = prefix << 8 | (i < key.size() ? key[i] : 0);
    return prefix;
}

}  // namespace

StateKey state_key(Table table, ByteView id) {
    return state_key(table, {id});
}

StateKey state_key(Table table, std::initializer_list<ByteView> id_parts) {
    StateKey key{static_cast<u8>(table)};
    for (ByteView part : id_parts) key.insert(key.end(), part.begin(), part.end());
    return key;
}

const Bytes* Overlay::find(const StateKey& key) const {
    return find(key, table_.hash(key));
}

const Bytes* Overlay::find(const StateKey& key, u64 hash) const {
    if (reads_) reads_->push_back(key);
    if (const ChangeTable::Entry* entry = table_.find(key, hash)) return entry->current();
    if (below_overlay_) return below_overlay_->find(key, hash);
    const Bytes* found = below_.find(key);
    if (remembers_) table_.add(key, hash).found = found;
    return found;
}

void Overlay::set(StateKey key, u64 hash, std::optional<Bytes> value) {
    ChangeTable::Entry* entry = table_.find(key, hash);
    if (!entry) entry = &table_.add(std::move(key), hash);
    entry->kind = value ? ChangeTable::Kind::written : ChangeTable::Kind::erased;
    entry->value = value ? std::move(*value) : Bytes();
}

void Overlay::put(StateKey key, Bytes value) {
    const u64 hash = table_.hash(key);
    set(std::move(key), hash, std::move(value));
}

void Overlay::erase(StateKey key) {
    const u64 hash = table_.hash(key);
    set(std::move(key), hash, std::nullopt);
}

void Overlay::apply_to(Overlay& below) const& {
    for (const auto& [key, value] : changes()) below.set(key, below.table_.hash(key), value);
}

void Overlay::apply_to(Overlay& below) && {
    for (ChangeTable::Entry& entry : table_.entries()) {
        const u64 hash =
            below.table_.seed() == table_.seed() ? entry.hash : below.table_.hash(entry.key);
        if (entry.kind == ChangeTable::Kind::written)
            below.set(std::move(entry.key), hash, std::move(entry.value));
        if (entry.kind == ChangeTable::Kind::erased)
            below.set(std::move(entry.key), hash, std::nullopt);
    }
}

Overlay::Changes Overlay::changes() const {
    Changes out;
    for (const ChangeTable::Entry& entry : table_.entries()) {
        if (entry.kind == ChangeTable::Kind::written) out.emplace(entry.key, entry.value);
        if (entry.kind == ChangeTable::Kind::erased) out.emplace(entry.key, std::nullopt);
    }
    return out;
}

Overlay::Changes Overlay::take_changes() {
    // Sorted first, so that each goes to the end of the map. Prefixes compare faster than keys.
    std::vector<std::pair<u64, ChangeTable::Entry*>> order;
    order.reserve(table_.entries().size());
    for (ChangeTable::Entry& entry : table_.entries())
        if (entry.kind != ChangeTable::Kind::below)
            order.emplace_back(prefix_of(entry.key), &entry);
    std::ranges::sort(order, [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first < b.first : a.second->key < b.second->key;
    });
    Changes out;
    for (const auto& [prefix, entry] : order) {
        std::optional<Bytes> value;
        if (entry->kind == ChangeTable::Kind::written) value = std::move(entry->value);
        out.emplace_hint(out.end(), std::move(entry->key), std::move(value));
    }
    return out;
}

}  // namespace jangbu::ledger
