// A transaction file that is accepted has one encoding, and a signature exactly if it says so.
#include <algorithm>

#include "base/assert.h"
#include "client/transaction_file.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const ByteView bytes(input, size);
    const auto file = client::decode_transaction_file(bytes);
    if (!file) return 0;
    JANGBU_ASSERT(std::ranges::equal(client::encode(*file), bytes));
    const bool holds = crypto::verify(file->transaction.body.author, crypto::domain::transaction,
                                      file->id().bytes, file->transaction.signature);
    JANGBU_ASSERT(!file->is_signed || holds);
    JANGBU_ASSERT(file->ends_ms() >= file->transaction.body.valid_from_ms);
    return 0;
}
