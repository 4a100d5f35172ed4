#include "ledger/sparse_subtrees.h"

#include <algorithm>

#include "ledger/state_hashes.h"

namespace jangbu::ledger::sparse {
namespace {

constexpr std::size_t hashed_at_once = 256;

}  // namespace

std::size_t split(std::span<const Entry> entries, std::size_t depth) {
    std::size_t left = 0;
    while (left < entries.size() && !entries[left].bit(depth)) ++left;
    return left;
}

Hash subtree_hash(std::span<const Entry> entries, std::size_t depth) {
    if (entries.empty()) return Hash{};
    if (entries.size() == 1) return entries[0].hash;
    const std::size_t middle = split(entries, depth);
    return state_node_hash(subtree_hash(entries.first(middle), depth + 1),
                           subtree_hash(entries.subspan(middle), depth + 1));
}

u32 Subtrees::plan(std::span<const Entry> entries, std::size_t depth) {
    return plan(entries, depth, 0);
}

// Depth is at most 256: two entries differ in some bit.
u32 Subtrees::plan(std::span<const Entry> entries, std::size_t depth, std::size_t below) {
    if (entries.empty()) return 0;
    if (entries.size() == 1) {
        hashes_.push_back(entries[0].hash);
        return static_cast<u32>(hashes_.size() - 1);
    }
    const std::size_t middle = split(entries, depth);
    const u32 left = plan(entries.first(middle), depth + 1, below + 1);
    const u32 right = plan(entries.subspan(middle), depth + 1, below + 1);
    if (levels_.size() <= below) levels_.resize(below + 1);
    const auto out = static_cast<u32>(hashes_.size());
    hashes_.emplace_back();
    levels_[below].push_back({left, right, out});
    return out;
}

void Subtrees::run() {
    for (std::size_t below = levels_.size(); below-- > 0;) run(levels_[below]);
}

void Subtrees::run(std::span<const Node> level) {
    std::array<crypto::MessageParts, hashed_at_once> in;
    std::array<Hash, hashed_at_once> out;
    while (!level.empty()) {
        const auto some = level.first(std::min(level.size(), hashed_at_once));
        level = level.subspan(some.size());
        for (std::size_t i = 0; i < some.size(); ++i)
            in[i] = {hashes_[some[i].left], hashes_[some[i].right], {}};
        state_node_hashes(std::span(in).first(some.size()), std::span(out).first(some.size()));
        for (std::size_t i = 0; i < some.size(); ++i) hashes_[some[i].out] = out[i];
    }
}

void Subtrees::clear() {
    for (std::vector<Node>& level : levels_) level.clear();
    hashes_.assign(1, Hash{});
}

}  // namespace jangbu::ledger::sparse
