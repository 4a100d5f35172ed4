// What another node sends: a stream of blocks that decodes has exactly one encoding, and neither it
// nor what is in it breaks who looks closer. The same bytes as a cosignature.
#include <algorithm>

#include "base/assert.h"
#include "market/market_rules.h"
#include "node/cosignature.h"
#include "node/follow_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    if (const auto cosignature = bcs::decode<node::Cosignature>(bytes)) {
        JANGBU_ASSERT(std::ranges::equal(bcs::encode(*cosignature), bytes));
        JANGBU_ASSERT(size == node::cosignature_bytes);
    }
    const auto stream = bcs::decode<node::FollowStream>(bytes);
    if (!stream) return 0;
    JANGBU_ASSERT(std::ranges::equal(bcs::encode(*stream), bytes));
    const market::MarketRules rules;
    ledger::Genesis genesis;  // of a validator whose key nobody has
    genesis.validators.validators = {{ledger::PublicKey(), 1}};
    JANGBU_ASSERT(!ledger::check_signed(stream->head, genesis) || stream->head.header.height == 0);
    for (const node::FollowedBlock& block : stream->blocks) {
        const auto decoded = ledger::decode_block_input(block.input, rules);
        if (decoded) JANGBU_ASSERT(std::ranges::equal(ledger::encode(*decoded), block.input));
    }
    return 0;
}
