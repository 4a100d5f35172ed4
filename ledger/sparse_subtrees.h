// Subtrees: the hashes of many small subtrees, computed level by level so that the nodes of one
// level go through the batched hash together.
//
// plan() each, run() once, then root(). Threads: one. Source of the rule: docs/formats.md
// section 2.
#pragma once

#include <vector>

#include "ledger/sparse_bucket.h"

namespace jangbu::ledger::sparse {

class Subtrees {
public:
    Subtrees() { clear(); }

    // A ticket for the subtree over these entries, which share their first `depth` bits.
    u32 plan(std::span<const Entry> entries, std::size_t depth);
    std::size_t planned() const { return hashes_.size(); }
    void run();
    // After run().
    const Hash& root(u32 ticket) const { return hashes_[ticket]; }
    void clear();

private:
    struct Node {
        u32 left = 0;
        u32 right = 0;
        u32 out = 0;
    };
    u32 plan(std::span<const Entry> entries, std::size_t depth, std::size_t below);
    void run(std::span<const Node> level);

    std::vector<std::vector<Node>> levels_;  // by depth below the subtree's root
    std::vector<Hash> hashes_;               // the first is that of an empty subtree
};

// Where the right half of sorted entries that share `depth` bits begins.
std::size_t split(std::span<const Entry> entries, std::size_t depth);
// One at a time, for proofs.
Hash subtree_hash(std::span<const Entry> entries, std::size_t depth);

}  // namespace jangbu::ledger::sparse
