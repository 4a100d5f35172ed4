// HistoryTree: RFC 9162 tree over the header hashes of all blocks, entry = header_hash, index =
// height.
//
// The history_root of header h covers heights 0 to h - 1, so one signed head proves every earlier
// header. Keeps perfect-subtree hashes, so a proof costs O(log^2 n). Threads: append on the commit
// strand; proofs at any size up to size() from any thread (a mutex inside).
#pragma once

#include <shared_mutex>
#include <vector>

#include "crypto/merkle.h"
#include "ledger/types.h"

namespace jangbu::ledger {

class HistoryTree {
public:
    void append(const HeaderHash& header);
    u64 size() const;
    // Of the first `size` headers. REQUIRES: size <= size().
    Hash root(u64 size) const;
    // REQUIRES: index < size <= size().
    std::vector<Hash> inclusion(u64 index, u64 size) const;
    // REQUIRES: first <= second <= size().
    std::vector<Hash> consistency(u64 first, u64 second) const;

private:
    Hash range_root(u64 from, u64 to) const;
    void consistency_path(u64 first, u64 from, u64 to, bool whole, std::vector<Hash>& path) const;

    mutable std::shared_mutex mutex_;
    std::vector<std::vector<Hash>>
        levels_;  // levels_[k][i]: perfect subtree over leaves [i*2^k, (i+1)*2^k)
};

}  // namespace jangbu::ledger
