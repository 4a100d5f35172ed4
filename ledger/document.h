// Documents travel beside transactions and are stored outside the block log, salted and prunable.
#pragma once

#include "base/bcs.h"
#include "ledger/limits.h"
#include "ledger/rejection.h"
#include "ledger/types.h"

namespace jangbu::ledger {

// Who may read a document.
enum class DocumentClass : u8 { public_ = 1, parties = 2, evidence = 3, personal = 4 };

struct DocumentRef {
    DocumentHash hash;
    u32 length = 0;  // of BCS(Document)
    u8 access = 0;   // DocumentClass; judged by the operation that carries it

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.hash);
        c(self.length);
        c(self.access);
    }
    bool operator==(const DocumentRef&) const = default;
};

struct Document {
    ByteArray<32> salt{};
    std::string media_type;
    Bytes bytes;

    static constexpr std::size_t bytes_max = limits::document_bytes_max;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.salt);
        c.text(self.media_type, limits::media_type_bytes_max);
        c.bytes(self.bytes, limits::document_bytes_max);
    }
    bool operator==(const Document&) const = default;
};

// H("jangbu/document/v1", BCS(Document))
DocumentHash document_hash(ByteView encoded_document);
DocumentRef document_ref(const Document& document, DocumentClass access);

// Where state code may read a document (only where an operation says so).
class DocumentReader {
public:
    virtual ~DocumentReader() = default;
    virtual std::optional<Document> find(const DocumentHash& hash) const = 0;
    // Asked for a document that was not found: the code that the receipt of this transaction
    // recorded, if its block is executed again after the document was pruned.
    virtual std::optional<RejectionCode> recorded(const TxId&) const { return std::nullopt; }
};

}  // namespace jangbu::ledger
