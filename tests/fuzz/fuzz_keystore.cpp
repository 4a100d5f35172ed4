// Any bytes as a keystore file, also with a checksum made right: none opens, and none costs more
// than the caps.
#include <algorithm>

#include "base/assert.h"
#include "crypto/keystore.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    Bytes file(input, input + size);
    if (size == 106) {
        const crypto::Hash hash = crypto::Tag("jangbu/keystore/v1")(ByteView(file).first(98));
        std::copy_n(hash.begin(), 8, file.begin() + 98);
        if (file[4] != 0 || file[5] != 0) file[5] = 0xFF;  // above the cap rather than slow
    }
    JANGBU_ASSERT(!crypto::open_keystore(file, "the password of no file"));
    return 0;
}
