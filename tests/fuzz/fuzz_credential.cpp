// Any text as a credential about the ledger of the corpus: refused with a reason, or about that
// ledger; then its canonical text is one again and says the same. The same bytes as a page.
#include "base/assert.h"
#include "client/credential.h"
#include "client/pdf_page.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    static const auto chain = ledger::ChainId::from_hex(
        "3b9e1da404e9ecee3da40cd6095683d8cf6856199957220d3018ce8168745fb3");
    const ledger::jbproof::Trusted trusted{*chain, {}};
    const ByteView bytes(input, size);
    if (const auto attached = client::attached_file(bytes)) JANGBU_ASSERT(attached->size() <= size);
    const auto credential = client::read_credential(as_text(bytes), trusted);
    if (!credential) {
        JANGBU_ASSERT(credential.error().code == ErrorCode::verification_failed);
        return 0;
    }
    JANGBU_ASSERT(credential->claim.proof.header.chain_id == *chain);
    const auto again = client::read_credential(credential->text, trusted);
    JANGBU_ASSERT(again && again->text == credential->text &&
                  again->words.name == credential->words.name);
    return 0;
}
