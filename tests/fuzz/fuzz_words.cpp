// Any text as 24 words: what is taken as a secret is written as words that give the same secret.
#include "base/assert.h"
#include "crypto/secrets.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    const auto secret = crypto::from_words(as_text({input, size}));
    if (!secret) return 0;
    for (const auto list : {crypto::WordList::english, crypto::WordList::korean}) {
        std::string text;
        for (const std::string& word : crypto::to_words(*secret, list)) text += word + " ";
        JANGBU_ASSERT(crypto::from_words(text).value() == *secret);
    }
    return 0;
}
