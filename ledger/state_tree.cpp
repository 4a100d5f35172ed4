#include "ledger/state_tree.h"

namespace jangbu::ledger {

Hash StateTree::root() const {
    return sparse::root_hash(root_);
}

std::size_t StateTree::size() const {
    return root_ ? root_->leaves : 0;
}

const Bytes* StateTree::find(const StateKey& key) const {
    const sparse::Leaf* leaf = sparse::find(root_, hashed_state_key(key));
    return leaf ? &leaf->value : nullptr;
}

StateProof StateTree::prove(const StateKey& key) const {
    return sparse::prove(root_, hashed_state_key(key));
}

StateTree StateTree::updated(const Changes& changes) const {
    std::vector<sparse::Change> hashed;
    hashed.reserve(changes.size());
    for (const auto& [key, value] : changes) {
        const Hash at = hashed_state_key(key);
        hashed.push_back(
            {at, value ? sparse::make_leaf(at, crypto::sha256(*value), key, *value) : nullptr});
    }
    std::ranges::sort(hashed, {}, &sparse::Change::key);
    StateTree after;
    after.root_ = sparse::updated(root_, hashed);
    return after;
}

void StateTree::for_each(const std::function<void(const StateKey&, const Bytes&)>& visit) const {
    sparse::for_each(root_, [&](const sparse::Leaf& leaf) { visit(leaf.state_key, leaf.value); });
}

}  // namespace jangbu::ledger
