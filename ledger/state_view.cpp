#include "ledger/state_view.h"

namespace jangbu::ledger {

StateKey state_key(Table table, ByteView id) {
    return state_key(table, {id});
}

StateKey state_key(Table table, std::initializer_list<ByteView> id_parts) {
    StateKey key{static_cast<u8>(table)};
    for (ByteView part : id_parts) key.insert(key.end(), part.begin(), part.end());
    return key;
}

const Bytes* Overlay::find(const StateKey& key) const {
    if (reads_) reads_->push_back(key);
    const auto written = changes_.find(key);
    if (written == changes_.end()) return below_.find(key);
    return written->second ? &*written->second : nullptr;
}

void Overlay::put(StateKey key, Bytes value) {
    changes_.insert_or_assign(std::move(key), std::move(value));
}

void Overlay::erase(StateKey key) {
    changes_.insert_or_assign(std::move(key), std::nullopt);
}

void Overlay::apply_to(Overlay& below) const {
    for (const auto& [key, value] : changes_) below.changes_.insert_or_assign(key, value);
}

}  // namespace jangbu::ledger
