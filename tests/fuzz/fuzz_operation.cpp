// An operation that decodes has exactly one encoding.
#include <algorithm>

#include "market/operations.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    const auto decoded = market::decode_operation(bytes);
    if (decoded) JANGBU_ASSERT(std::ranges::equal(market::encode(*decoded), bytes));
    return 0;
}
