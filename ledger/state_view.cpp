#include "ledger/state_view.h"

#include <algorithm>

namespace jangbu::ledger {
namespace {

// The first eight bytes as a number that orders as they do.
u64 prefix_of(ByteView key) {
    u64 prefix = 0;
    for (std::size_t i = 0; i < 8; ++i) prefix = prefix << 8 | (i < key.size() ? key[i] : 0);
    return prefix;
}

StateKey bytes_of(ByteView key) {
    return {key.begin(), key.end()};
}

}  // namespace

StateKey state_key(Table table, ByteView id) {
    return state_key(table, {id});
}

StateKey state_key(Table table, std::initializer_list<ByteView> id_parts) {
    std::size_t size = 1;
    for (ByteView part : id_parts) size += part.size();
    StateKey key;
    key.reserve(size);
    key.push_back(static_cast<u8>(table));
    for (ByteView part : id_parts) key.insert(key.end(), part.begin(), part.end());
    return key;
}

void StateReader::find_many(std::span<const StateKey> keys,
                            std::span<std::optional<ByteView>> out) const {
    for (std::size_t i = 0; i < keys.size(); ++i) out[i] = find(keys[i]);
}

void StateReader::find_hashed(std::span<const StateKey> keys, std::span<const ByteArray<32>>,
                              std::span<std::optional<ByteView>> out) const {
    find_many(keys, out);
}

// What is known already is found once more, and not remembered again.
void Overlay::fetch(const HashedKeys& keys) {
    JANGBU_ASSERT(remembers_ && keys.keys.size() == keys.hashed.size());
    std::vector<std::optional<ByteView>> found(keys.keys.size());
    below_.find_hashed(keys.keys, keys.hashed, found);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const u64 hash = table_.hash(keys.keys[i]);
        if (!table_.find(keys.keys[i], hash)) table_.add(keys.keys[i], hash).set_found(found[i]);
    }
}

void Overlay::fetch(std::vector<StateKey> keys) {
    JANGBU_ASSERT(remembers_);
    std::erase_if(
        keys, [&](const StateKey& key) { return table_.find(key, table_.hash(key)) != nullptr; });
    std::vector<std::optional<ByteView>> found(keys.size());
    below_.find_many(keys, found);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const u64 hash = table_.hash(keys[i]);
        // One that was named twice is there by now.
        if (!table_.find(keys[i], hash)) table_.add(keys[i], hash).set_found(found[i]);
    }
}

std::optional<ByteView> Overlay::find(const StateKey& key) const {
    return find(key, table_.hash(key));
}

std::optional<ByteView> Overlay::find(const StateKey& key, u64 hash) const {
    if (reads_) reads_->push_back(key);
    if (const ChangeTable::Entry* entry = table_.find(key, hash)) return entry->current();
    if (below_overlay_) return below_overlay_->find(key, hash);
    const std::optional<ByteView> found = below_.find(key);
    if (remembers_) table_.add(key, hash).set_found(found);
    return found;
}

void Overlay::set(ByteView key, u64 hash, std::optional<Bytes> value) {
    ChangeTable::Entry* entry = table_.find(key, hash);
    if (!entry) entry = &table_.add(key, hash);
    entry->kind = value ? ChangeTable::Kind::written : ChangeTable::Kind::erased;
    entry->value = value ? std::move(*value) : Bytes();
}

void Overlay::put(ByteView key, Bytes value) {
    set(key, table_.hash(key), std::move(value));
}

void Overlay::erase(ByteView key) {
    set(key, table_.hash(key), std::nullopt);
}

void Overlay::apply_to(Overlay& below) const& {
    for (const auto& [key, value] : changes()) below.set(key, below.table_.hash(key), value);
}

void Overlay::apply_to(Overlay& below) && {
    for (ChangeTable::Entry& entry : table_.entries()) {
        const u64 hash =
            below.table_.seed() == table_.seed() ? entry.hash : below.table_.hash(entry.key());
        if (entry.kind == ChangeTable::Kind::written)
            below.set(entry.key(), hash, std::move(entry.value));
        if (entry.kind == ChangeTable::Kind::erased) below.set(entry.key(), hash, std::nullopt);
    }
}

Overlay::Changes Overlay::changes() const {
    Changes out;
    for (const ChangeTable::Entry& entry : table_.entries()) {
        if (entry.kind == ChangeTable::Kind::written)
            out.emplace(bytes_of(entry.key()), entry.value);
        if (entry.kind == ChangeTable::Kind::erased)
            out.emplace(bytes_of(entry.key()), std::nullopt);
    }
    return out;
}

Overlay::Changes Overlay::take_changes() {
    // Sorted first, so that each goes to the end of the map. Prefixes compare faster than keys.
    std::vector<std::pair<u64, ChangeTable::Entry*>> order;
    order.reserve(table_.entries().size());
    for (ChangeTable::Entry& entry : table_.entries())
        if (entry.kind != ChangeTable::Kind::below)
            order.emplace_back(prefix_of(entry.key()), &entry);
    std::ranges::sort(order, [](const auto& a, const auto& b) {
        return a.first != b.first
                   ? a.first < b.first
                   : std::ranges::lexicographical_compare(a.second->key(), b.second->key());
    });
    Changes out;
    for (const auto& [prefix, entry] : order) {
        std::optional<Bytes> value;
        if (entry->kind == ChangeTable::Kind::written) value = std::move(entry->value);
        out.emplace_hint(out.end(), bytes_of(entry->key()), std::move(value));
    }
    return out;
}

}  // namespace jangbu::ledger
