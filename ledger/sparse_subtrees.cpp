#include "ledger/sparse_subtrees.h"

#include <algorithm>

#include "ledger/state_hashes.h"

namespace jangbu::ledger::sparse {

std::size_t split(std::span<const Entry> entries, std::size_t depth) {
    std::size_t left = 0;
    while (left < entries.size() && !bit(entries[left].key, depth)) ++left;
    return left;
}

Hash subtree_hash(std::span<const Entry> entries, std::size_t depth) {
    if (entries.empty()) return Hash{};
    if (entries.size() == 1) return entries[0].hash;
    const std::size_t middle = split(entries, depth);
    return state_node_hash(subtree_hash(entries.first(middle), depth + 1),
                           subtree_hash(entries.subspan(middle), depth + 1));
}

const Hash* Subtrees::plan(std::span<const Entry> entries, std::size_t depth) {
    return plan(entries, depth, 0);
}

// Depth is at most 256: two entries differ in some bit.
const Hash* Subtrees::plan(std::span<const Entry> entries, std::size_t depth, std::size_t below) {
    static constexpr Hash empty{};
    if (entries.empty()) return &empty;
    if (entries.size() == 1) return &entries[0].hash;
    const std::size_t middle = split(entries, depth);
    const Hash* left = plan(entries.first(middle), depth + 1, below + 1);
    const Hash* right = plan(entries.subspan(middle), depth + 1, below + 1);
    if (levels_.size() <= below) levels_.resize(below + 1);
    Level& level = levels_[below];
    if (level.used == level.nodes.size()) level.nodes.emplace_back();
    Node& node = level.nodes[level.used++];
    node.left = left;
    node.right = right;
    ++planned_;
    return &node.hash;
}

void Subtrees::run() {
    for (std::size_t below = levels_.size(); below-- > 0;) run(levels_[below]);
}

void Subtrees::run(Level& level) {
    std::array<crypto::MessageParts, hashed_at_once> in;
    std::array<Hash, hashed_at_once> out;
    for (std::size_t from = 0; from < level.used; from += hashed_at_once) {
        const std::size_t count = std::min(level.used - from, hashed_at_once);
        for (std::size_t i = 0; i < count; ++i) {
            const Node& node = level.nodes[from + i];
            in[i] = {*node.left, *node.right, {}};
        }
        state_node_hashes(std::span(in).first(count), std::span(out).first(count));
        for (std::size_t i = 0; i < count; ++i) level.nodes[from + i].hash = out[i];
    }
}

void Subtrees::clear() {
    for (Level& level : levels_) level.used = 0;
    planned_ = 0;
}

}  // namespace jangbu::ledger::sparse
