// Any text as a dictionary: refused with what is wrong, or taken; then its canonical bytes and its
// public document give the same dictionary again.
#include "base/assert.h"
#include "client/profile/profile_document.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    client::DictionaryReading reading = client::read_dictionary(as_text({input, size}));
    if (!reading.faults.empty()) {
        for (const client::DictionaryFault& fault : reading.faults)
            JANGBU_ASSERT(!fault.what.empty());
        return 0;
    }
    const client::Dictionary& dictionary = reading.dictionary;
    JANGBU_ASSERT(reading.lines.size() == dictionary.columns.size());
    JANGBU_ASSERT(client::completeness(dictionary).percent <= 100);
    const auto again = bcs::decode<client::Dictionary>(bcs::encode(dictionary));
    JANGBU_ASSERT(again && *again == dictionary);
    client::ProfileContent content;
    content.dictionary = dictionary;
    const auto text = client::profile_document_text(content);
    if (!text) return 0;  // longer than a document may be
    const ledger::Document document{
        {}, std::string(client::profile_media_type), to_bytes(as_bytes(*text))};
    const auto read = client::read_profile_document(document, client::schema_hash(dictionary));
    JANGBU_ASSERT(read && read->dictionary == dictionary);
    return 0;
}
