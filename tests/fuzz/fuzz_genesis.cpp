// A genesis file that is accepted has exactly one encoding and starts a header 0 on its state root.
#include <algorithm>

#include "base/assert.h"
#include "ledger/genesis.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    const auto file = ledger::decode_genesis_file(bytes);
    if (!file) return 0;
    JANGBU_ASSERT(std::ranges::equal(ledger::encode(*file), bytes));
    JANGBU_ASSERT(ledger::header_zero(file->genesis).state_root == file->genesis.state_root);
    return 0;
}
