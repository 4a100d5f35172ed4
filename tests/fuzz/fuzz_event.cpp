// An event that decodes has exactly one encoding.
#include <algorithm>

#include "market/events.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    const auto decoded = market::decode_event(bytes);
    if (decoded) JANGBU_ASSERT(std::ranges::equal(market::encode(*decoded), bytes));
    return 0;
}
