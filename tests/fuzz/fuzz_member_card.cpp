// A member card that is accepted names its organisation by one of its transact keys, and has one
// text.
#include "base/assert.h"
#include "ledger/member_card.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const auto card = ledger::read_member_card(as_text({input, size}));
    if (!card) return 0;
    JANGBU_ASSERT(as_text({input, size}).starts_with(ledger::to_text(*card)));
    bool named = false;
    for (const auto& entry : card->keys)
        named |= ledger::org_id(ledger::PublicKey(entry.bytes)) == card->org;
    JANGBU_ASSERT(named);
    return 0;
}
