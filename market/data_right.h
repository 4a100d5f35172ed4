// By which right an organisation has the content of a dataset: its own, or a settled order for it.
//
// Pure. Both registration of derived data and the countersigning of a re-run ask.
#pragma once

#include "market/context.h"

namespace jangbu::market {

// What the right lets its holder do with the content.
struct DataRightTerms {
    u16 bits = 0;  // licence bits; of one's own data, what the licences of its parents left
    std::optional<u64> expires_ms;
};

// None if `org` has no such right to `dataset`.
std::optional<DataRightTerms> terms_of_right(const StateReader& state, const OrgId& org,
                                             const Dataset& dataset, const DataRight& right);

// What terms_of_right() reads beyond the dataset.
void add_right_keys(const StateReader& state, const DataRight& right, std::vector<StateKey>& set);

}  // namespace jangbu::market
