// A document, or what is left of one, that decodes has exactly one encoding.
#include <algorithm>

#include "base/assert.h"
#include "ledger/tombstone.h"

namespace {

template <class Record>
void check(jangbu::ByteView bytes) {
    const auto decoded = jangbu::bcs::decode<Record>(bytes);
    if (decoded) JANGBU_ASSERT(std::ranges::equal(jangbu::bcs::encode(*decoded), bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    check<ledger::Document>(bytes);
    check<ledger::Tombstone>(bytes);
    check<ledger::RecordedOutcomes>(bytes);
    return 0;
}
