// The changes of several blocks, merged by key. Threads: pure. Cost: one pass, all blocks looked at
// for each key.
#pragma once

#include <span>
#include <vector>

#include "ledger/state_tree.h"

namespace jangbu::ledger {

// visit(key, values) for every key that any of the blocks has, ascending: values[i] is what block i
// made of it, null if it did not touch it.
template <class Visit>
void for_each_changed_key(std::span<const StateTree::Changes> blocks, Visit visit) {
    using Cursor = StateTree::Changes::const_iterator;
    std::vector<std::pair<Cursor, Cursor>> open;  // one a block: next, end
    for (const StateTree::Changes& block : blocks) open.emplace_back(block.begin(), block.end());
    std::vector<const std::optional<Bytes>*> values(blocks.size());
    while (true) {
        const StateKey* least = nullptr;
        for (const auto& [next, end] : open)
            if (next != end && (!least || next->first < *least)) least = &next->first;
        if (!least) return;
        const StateKey& key = *least;  // in its block's changes, which stay
        for (std::size_t i = 0; i < open.size(); ++i) {
            auto& [next, end] = open[i];
            const bool has_it = next != end && next->first == key;
            values[i] = has_it ? &next++->second : nullptr;
        }
        visit(key, std::span<const std::optional<Bytes>* const>(values));
    }
}

}  // namespace jangbu::ledger
