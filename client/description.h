// Description: what a seller says of a dataset or an offer, as a public document of media type
// application/vnd.jangbu.description+json (docs/formats.md section 9); languages by their code
// ("ko", "en"). Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/document.h"

namespace jangbu::client {

struct Description {
    std::map<std::string, std::string> title;
    std::map<std::string, std::string> summary;
    std::map<std::string, std::vector<std::string>> keywords;
    // What the catalogue is narrowed by: values without a comma, at most 64 bytes each.
    std::vector<std::string> process;
    std::vector<std::string> equipment;
    std::vector<std::string> industry;
    std::string format;
};

// Names the act that publishes it: the document itself has a random salt.
std::string description_text(const Description& description);
// Errors: usage (longer than a document may be).
Result<ledger::Document> description_document(const Description& description);

}  // namespace jangbu::client
