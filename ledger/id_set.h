// IdSet: a set of transaction ids, in one array of open addressing: 32 bytes an id, at most half
// full. Nothing depends on its order.
//
// An id is a hash already: finding ids that fall together costs their maker a hash for each try.
// Threads: one.
#pragma once

#include <vector>

#include "ledger/types.h"

namespace jangbu::ledger {

class IdSet {
public:
    bool contains(const TxId& id) const;
    bool insert(const TxId& id);  // false if it was there
    void erase(const TxId& id);
    std::size_t size() const { return size_; }

private:
    std::size_t home(const TxId& id) const;
    std::size_t find(const TxId& id) const;  // where it is, or the empty slot where it would be
    bool is_empty(std::size_t slot) const { return slots_[slot].is_zero(); }
    void grow();

    std::vector<TxId> slots_;  // a power of two; the zero id is empty
    std::size_t size_ = 0;
    bool has_zero_ = false;  // the id that is all zeros
};

}  // namespace jangbu::ledger
