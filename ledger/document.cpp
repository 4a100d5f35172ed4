#include "ledger/document.h"

namespace jangbu::ledger {

DocumentHash document_hash(ByteView encoded_document) {
    static const crypto::Tag tag("jangbu/document/v1");
    return DocumentHash(tag(encoded_document));
}

DocumentRef document_ref(const Document& document, DocumentClass access) {
    const Bytes encoded = bcs::encode(document);
    return {document_hash(encoded), static_cast<u32>(encoded.size()), static_cast<u8>(access)};
}

}  // namespace jangbu::ledger
