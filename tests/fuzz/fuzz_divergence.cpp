// A file of evidence that a stranger made: whatever is in it, who judges it survives, and nobody is
// convicted whose genesis was not pinned.
#include <algorithm>

#include "base/assert.h"
#include "ledger/evidence.h"
#include "market/market_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    const auto divergence = ledger::decode_divergence(bytes);
    if (!divergence) return 0;
    const auto again = encode(*divergence);
    JANGBU_ASSERT(again && std::ranges::equal(*again, bytes));
    const ledger::ChainId chain = ledger::chain_id(divergence->genesis.genesis);
    market::MarketRules rules;
    (void)ledger::check_divergence(*divergence, chain, rules);
    ledger::ChainId other = chain;
    other.bytes[0] ^= 1;
    market::MarketRules fresh;
    JANGBU_ASSERT(!ledger::check_divergence(*divergence, other, fresh));
    return 0;
}
