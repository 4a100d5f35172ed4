// Any text as a proof about the ledger of the vectors: never a crash, and what passes is about that
// ledger and signed by its first validator or by a set that it handed over to.
#include "base/assert.h"
#include "ledger/jbproof.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    static const auto chain = ledger::ChainId::from_hex(
        "d6bdaf42b016b0d1ba42a5a85dbd7e9b9989fcbc24a1545a555f91a3ab62e44b");
    const auto verified = ledger::jbproof::verify(as_text({input, size}), {*chain, {}});
    if (!verified) return 0;
    JANGBU_ASSERT(verified->level == "E0");  // no witness is pinned
    JANGBU_ASSERT(verified->header.chain_id == *chain);
    JANGBU_ASSERT(ledger::chain_id(verified->genesis) == *chain);
    return 0;
}
