// A header that decodes has exactly one encoding.
#include <algorithm>

#include "base/assert.h"
#include "ledger/block.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    const auto decoded = bcs::decode<ledger::Header>(bytes);
    if (decoded) JANGBU_ASSERT(std::ranges::equal(bcs::encode(*decoded), bytes));
    return 0;
}
