// Any bytes as a ticket and as a read pass: what is taken is canonical.
#include <algorithm>

#include "base/assert.h"
#include "node/tickets.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    if (const auto ticket = node::decode_ticket(bytes))
        JANGBU_ASSERT(std::ranges::equal(bcs::encode(*ticket), bytes));
    if (const auto pass = node::decode_read_pass(bytes))
        JANGBU_ASSERT(std::ranges::equal(bcs::encode(*pass), bytes));
    return 0;
}
