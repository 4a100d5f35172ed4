// Description: what readers see of a description document (docs/formats.md section 9): JSON with
// title, summary and keywords, each a text or texts by language, and what the catalogue is narrowed
// by: process, equipment and industry, each a list of texts, and format, one text.
//
// A member wrote it, so it is bounded here: a text that is nested deeper than description_depth_max
// is as good as none, and nothing below walks it. Threads: pure.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ledger/document.h"

namespace jangbu::api {

inline constexpr int description_depth_max = 16;

// The JSON object, or nothing: another media type, not JSON, no object, or too deep.
std::optional<nlohmann::ordered_json> read_description(const ledger::Document& document);

// What search reads of it. A field of another shape is simply not found by its words.
struct Description {
    std::string title;       // Korean, else English
    std::string summary;     // likewise
    std::string title_text;  // all languages
    std::string body_text;   // summary, keywords and facet values, all languages
    // By Facet::process to Facet::format: well-formed values, each once.
    std::array<std::vector<std::string>, 4> facets;
};
Description describe(const nlohmann::ordered_json& description);

}  // namespace jangbu::api
