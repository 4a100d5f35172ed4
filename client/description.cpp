#include "client/description.h"

#include "client/json_fields.h"

namespace jangbu::client {

std::string description_text(const Description& description) {
    Json out{{"title", description.title},
             {"summary", description.summary},
             {"keywords", description.keywords}};
    if (!description.process.empty()) out["process"] = description.process;
    if (!description.equipment.empty()) out["equipment"] = description.equipment;
    if (!description.industry.empty()) out["industry"] = description.industry;
    if (!description.format.empty()) out["format"] = description.format;
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<ledger::Document> description_document(const Description& description) {
    const std::string text = description_text(description);
    ledger::Document document{crypto::random_array<32>(), "application/vnd.jangbu.description+json",
                              to_bytes(as_bytes(text))};
    // Salt, media type and lengths stand beside the text.
    if (text.size() + 128 > ledger::limits::document_bytes_max)
        return fail(ErrorCode::usage, "the description is longer than a document may be");
    return document;
}

}  // namespace jangbu::client
