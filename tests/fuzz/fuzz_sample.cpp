// Any bytes as a sample file about the ledger of the corpus: refused, or of that ledger, with
// every chunk in its pool; then its canonical bytes are the same again.
#include <algorithm>

#include "base/assert.h"
#include "client/sample_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    static const auto chain = ledger::ChainId::from_hex(
        "73099416316886e89a8574857b89415833360d8a1ae7b7169fc581f200d0f816");
    const ByteView bytes(input, size);
    const auto file = bcs::decode<client::SampleFile>(bytes);
    if (!file) return 0;
    JANGBU_ASSERT(std::ranges::equal(bcs::encode(*file), bytes));
    const auto checked = client::check_sample_file(*file, {*chain, {}});
    if (!checked) {
        JANGBU_ASSERT(!checked.error().detail.empty());
        return 0;
    }
    for (const market::Sample& chunk : checked->chunks)
        JANGBU_ASSERT(std::ranges::binary_search(checked->pool, chunk.index));
    (void)client::sample_rows(*checked);
    return 0;
}
