#include "ledger/state_tree.h"

#include <algorithm>

#include "ledger/state_hashes.h"

namespace jangbu::ledger {
namespace {

using Entries = std::span<const StateTree::Changes::value_type* const>;
using Messages = std::array<crypto::MessageParts, hashed_at_once>;
using Hashes = std::array<Hash, hashed_at_once>;

// Hashes keys, values and leaves of at most hashed_at_once entries, each kind together.
void hash_round(Entries entries, std::vector<sparse::Change>& out) {
    Messages messages;
    Hashes keys;
    Hashes values;
    Hashes leaves;
    for (std::size_t i = 0; i < entries.size(); ++i) messages[i] = {entries[i]->first, {}, {}};
    hashed_state_keys(std::span(messages).first(entries.size()),
                      std::span(keys).first(entries.size()));
    // An erase has an empty message here and below, whose hash nobody looks at.
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::optional<Bytes>& value = entries[i]->second;
        messages[i] = {value ? ByteView(*value) : ByteView(), {}, {}};
    }
    crypto::sha256_many(std::span(messages).first(entries.size()),
                        std::span(values).first(entries.size()));
    for (std::size_t i = 0; i < entries.size(); ++i) messages[i] = {keys[i], values[i], {}};
    state_leaf_hashes(std::span(messages).first(entries.size()),
                      std::span(leaves).first(entries.size()));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& [key, value] = *entries[i];
        out.push_back({keys[i], leaves[i], values[i], key, std::nullopt});
        if (value) out.back().value = *value;
    }
}

// Hashed, and sorted by hashed key.
std::vector<sparse::Change> hashed(const StateTree::Changes& changes) {
    std::vector<sparse::Change> unsorted;
    unsorted.reserve(changes.size());
    std::vector<const StateTree::Changes::value_type*> round;
    for (const auto& change : changes) {
        round.push_back(&change);
        if (round.size() < hashed_at_once) continue;
        hash_round(round, unsorted);
        round.clear();
    }
    hash_round(round, unsorted);

    std::vector<std::pair<u64, std::size_t>> order;  // small items sort faster
    order.reserve(changes.size());
    for (std::size_t i = 0; i < unsorted.size(); ++i)
        order.emplace_back(sparse::prefix_of(unsorted[i].key), i);
    std::ranges::sort(order, [&](const auto& a, const auto& b) {
        return a.first != b.first ? a.first < b.first
                                  : unsorted[a.second].key < unsorted[b.second].key;
    });
    std::vector<sparse::Change> sorted;
    sorted.reserve(changes.size());
    for (const auto& [prefix, at] : order) sorted.push_back(std::move(unsorted[at]));
    return sorted;
}

}  // namespace

std::optional<ByteView> StateTree::find(const StateKey& key) const {
    const sparse::Leaf* leaf = tree_.find(hashed_state_key(key));
    if (!leaf) return std::nullopt;
    return leaf->value();
}

void StateTree::find_many(std::span<const StateKey> keys,
                          std::span<std::optional<ByteView>> out) const {
    JANGBU_ASSERT(keys.size() == out.size());
    Messages messages;
    Hashes hashes;
    while (!keys.empty()) {
        const std::size_t count = std::min(keys.size(), hashed_at_once);
        for (std::size_t i = 0; i < count; ++i) messages[i] = {keys[i], {}, {}};
        hashed_state_keys(std::span(messages).first(count), std::span(hashes).first(count));
        find_hashed(keys.first(count), std::span(hashes).first(count), out.first(count));
        keys = keys.subspan(count);
        out = out.subspan(count);
    }
}

void StateTree::find_hashed(std::span<const StateKey>, std::span<const Hash> hashed,
                            std::span<std::optional<ByteView>> out) const {
    JANGBU_ASSERT(hashed.size() == out.size());
    std::array<const sparse::Leaf*, hashed_at_once> leaves;
    while (!hashed.empty()) {
        const std::size_t count = std::min(hashed.size(), hashed_at_once);
        tree_.find_many(hashed.first(count), std::span(leaves).first(count));
        for (std::size_t i = 0; i < count; ++i) {
            out[i].reset();
            if (leaves[i]) out[i] = leaves[i]->value();
        }
        hashed = hashed.subspan(count);
        out = out.subspan(count);
    }
}

StateProof StateTree::prove(const StateKey& key) const {
    return tree_.prove(hashed_state_key(key));
}

StateTree StateTree::updated(const Changes& changes) const {
    std::vector<sparse::Change> sorted = hashed(changes);
    StateTree after;
    after.tree_ = tree_.updated(sorted);
    return after;
}

void StateTree::Builder::add(StateKey key, Bytes value) {
    some_.emplace_hint(some_.end(), std::move(key), std::move(value));
    if (some_.size() < together) return;
    tree_ = tree_.updated(some_);
    some_.clear();
}

StateTree StateTree::Builder::take() {
    tree_ = tree_.updated(some_);
    some_.clear();
    return std::move(tree_);
}

void StateTree::for_each(const std::function<void(ByteView key, ByteView value)>& visit) const {
    tree_.for_each(
        [&](const sparse::Entry& entry) { visit(entry.leaf->state_key(), entry.leaf->value()); });
}

void StateTree::for_each_leaf(const std::function<void(const sparse::Entry&)>& visit) const {
    tree_.for_each(visit);
}

}  // namespace jangbu::ledger
