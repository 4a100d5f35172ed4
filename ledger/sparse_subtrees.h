// Subtrees: the hashes of many small subtrees, computed level by level so that the nodes of one
// level go through the batched hash together.
//
// plan() each, then run() once. Threads: one. Source of the rule: docs/formats.md
// section 2.
#pragma once

#include <deque>

#include "ledger/sparse_bucket.h"

namespace jangbu::ledger::sparse {

class Subtrees {
public:
    // The subtree over these entries, which share their first `depth` bits: where its hash will be
    // after run(). REQUIRES: the entries stay where they are until then.
    const Hash* plan(std::span<const Entry> entries, std::size_t depth);
    std::size_t planned() const { return planned_; }
    void run();
    // Forgets all plans and hashes.
    void clear();

private:
    struct Node {
        const Hash* left = nullptr;
        const Hash* right = nullptr;
        Hash hash{};
    };
    // Nodes stay where they are: a deque, used again from its front.
    struct Level {
        std::deque<Node> nodes;
        std::size_t used = 0;
    };
    const Hash* plan(std::span<const Entry> entries, std::size_t depth, std::size_t below);
    static void run(Level& level);

    std::deque<Level> levels_;  // by depth below the subtree's root
    std::size_t planned_ = 0;
};

// Where the right half of sorted entries that share `depth` bits begins.
std::size_t split(std::span<const Entry> entries, std::size_t depth);
// One at a time, for proofs.
Hash subtree_hash(std::span<const Entry> entries, std::size_t depth);

}  // namespace jangbu::ledger::sparse
