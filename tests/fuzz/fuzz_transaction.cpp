// A transaction that decodes has exactly one encoding.
#include <algorithm>

#include "base/assert.h"
#include "ledger/block.h"
#include "tests/support/sized_operation.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    const auto decoded = ledger::decode_transaction(bytes, test::SizedOperation());
    if (decoded) JANGBU_ASSERT(std::ranges::equal(ledger::encode(*decoded), bytes));
    return 0;
}
