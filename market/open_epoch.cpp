#include "market/rules.h"

namespace jangbu::market {

// By whom, where and on which head is judged with the block as a whole (ledger/executor.cpp). Money
// and orders do not notice an epoch.
std::optional<Rejection> apply(const OpenEpoch& operation, Context& context) {
    context.emit(EpochOpened{operation.head, operation.height, operation.reason});
    return std::nullopt;
}

std::vector<StateKey> keys(const OpenEpoch&, const KeysContext&) {
    return {};
}

}  // namespace jangbu::market
