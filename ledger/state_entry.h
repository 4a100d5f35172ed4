// StateEntry: one entry of the state map, as the genesis file and snapshots carry it.
#pragma once

#include "base/bcs.h"
#include "ledger/limits.h"
#include "ledger/types.h"

namespace jangbu::ledger {

struct StateEntry {
    Bytes key;
    Bytes value;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.bytes(self.key, limits::state_key_bytes_max);
        c.bytes(self.value, limits::state_value_bytes_max);
    }
    bool operator==(const StateEntry&) const = default;
};

}  // namespace jangbu::ledger
