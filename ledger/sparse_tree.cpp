#include "ledger/sparse_tree.h"

#include <algorithm>

#include "ledger/state_hashes.h"

namespace jangbu::ledger::sparse {

Change put(const Hash& key, const Hash& value_hash, ByteView state_key, ByteView value) {
    return {key, state_leaf_hash(key, value_hash), value_hash, state_key, value};
}

Change erase(const Hash& key) {
    return {key, {}, {}, {}, std::nullopt};
}

const Leaf* Tree::find(const Hash& key) const {
    return pin_ ? pin_->owner().find(pin_->version(), key) : nullptr;
}

void Tree::find_many(std::span<const Hash> keys, std::span<const Leaf*> out) const {
    if (pin_)
        pin_->owner().find_many(pin_->version(), keys, out);
    else
        std::ranges::fill(out, nullptr);
}

StateProof Tree::prove(const Hash& key) const {
    return pin_ ? pin_->owner().prove(pin_->version(), key) : StateProof{};
}

void Tree::for_each(const std::function<void(const Entry&)>& visit) const {
    if (pin_) pin_->owner().for_each(pin_->version(), visit);
}

Tree Tree::updated(std::span<const Change> changes) const {
    Tree after;
    if (pin_) {
        after.pin_ = pin_->owner().update(&pin_->version(), changes);
        if (!after.pin_) return copy().updated(changes);
    } else {
        after.pin_ = std::make_shared<Versions>(room_)->update(nullptr, changes);
    }
    return after;
}

Tree Tree::copy() const {
    std::vector<Change> entries;
    entries.reserve(size());
    pin_->owner().for_each(pin_->version(), [&](const Entry& entry) {
        const Leaf& leaf = *entry.leaf;
        entries.push_back({entry.key, entry.hash, leaf.value_hash, leaf.state_key(), leaf.value()});
    });
    return Tree(pin_->owner().room()).updated(entries);
}

}  // namespace jangbu::ledger::sparse
