// Croissant 1.1: the description that tools for machine learning read.
#include "api/metadata.h"

namespace jangbu::api {
namespace {

constexpr const char* file_id = "data.csv";

// The standard context of Croissant 1.1; tools warn about any other.
Json context() {
    Json out{{"@language", "en"},
             {"@vocab", "https://schema.org/"},
             {"cr", "http://mlcommons.org/croissant/"},
             {"dct", "http://purl.org/dc/terms/"},
             {"rai", "http://mlcommons.org/croissant/RAI/"},
             {"sc", "https://schema.org/"},
             {"conformsTo", "dct:conformsTo"},
             {"name", {{"@container", "@language"}}},
             {"description", {{"@container", "@language"}}},
             {"data", {{"@id", "cr:data"}, {"@type", "@json"}}},
             {"examples", {{"@id", "cr:examples"}, {"@type", "@json"}}},
             {"dataType", {{"@id", "cr:dataType"}, {"@type", "@vocab"}}}};
    for (const char* term :
         {"arrayShape", "citeAs",   "column",      "containedIn",   "equivalentProperty",
          "extract",    "field",    "fileObject",  "fileProperty",  "fileSet",
          "format",     "includes", "isArray",     "isLiveDataset", "jsonPath",
          "key",        "md5",      "parentField", "path",          "recordSet",
          "references", "regex",    "repeated",    "replace",       "samplingRate",
          "separator",  "source",   "subField",    "transform"})
        out[term] = std::string("cr:") + term;
    return out;
}

// Texts by language, or one in English.
Json language_map(const MetadataSource& source, const char* name, const std::string& fallback) {
    Json out = Json::object();
    if (source.description.is_object() && source.description.contains(name) &&
        source.description.at(name).is_object())
        for (const auto& [language, one] : source.description.at(name).items())
            if (one.is_string() && !one.empty()) out[language] = one;
    if (out.empty()) out["en"] = fallback;
    return out;
}

// A plain SHA-256 of the file is known of derived data alone, from the lineage record.
std::string plain_sha256(const MetadataSource& source) {
    if (!source.lineage.is_object() || !source.lineage.contains("outputs") ||
        !source.lineage.at("outputs").is_array())
        return {};
    for (const Json& output : source.lineage.at("outputs")) {
        if (!output.is_object() || !output.contains("bytes")) continue;
        const Json& bytes = output.at("bytes");
        const std::string length = bytes.is_string() ? bytes.get<std::string>() : bytes.dump();
        if (length == std::to_string(source.dataset.byte_len)) return text_member(output, "sha256");
    }
    return {};
}

const char* data_type(const std::string& type) {
    if (type == "integer") return "sc:Integer";
    if (type == "real") return "sc:Float";
    return "sc:Text";  // times and truth values in the forms of the file
}

std::string described(const Json& column) {
    std::string out = text_member(column, "meaning");
    if (const std::string unit = text_member(column, "unit"); !unit.empty())
        out += (out.empty() ? "[" : " [") + unit + "]";
    return out;
}

// Fields of a record set must come from a file with a digest; without one the columns are told as
// what schema.org calls measured variables.
Json variables(const MetadataSource& source) {
    Json out = Json::array();
    for (const Json& column : columns_of(source)) {
        Json one{{"@type", "sc:PropertyValue"}, {"name", text_member(column, "name")}};
        if (const std::string words = described(column); !words.empty()) one["description"] = words;
        out.push_back(one);
    }
    return out;
}

Json record_set(const MetadataSource& source) {
    Json fields = Json::array();
    std::size_t number = 0;
    for (const Json& column : columns_of(source)) {
        const std::string name = text_member(column, "name");
        Json field{{"@type", "cr:Field"},
                   {"@id", "rows/" + std::to_string(++number)},
                   {"name", name},
                   {"dataType", data_type(text_member(column, "type"))}};
        if (const std::string words = described(column); !words.empty())
            field["description"] = words;
        field["source"] = {{"fileObject", {{"@id", file_id}}}, {"extract", {{"column", name}}}};
        fields.push_back(field);
    }
    return {{"@type", "cr:RecordSet"}, {"@id", "rows"}, {"name", "rows"}, {"field", fields}};
}

}  // namespace

Json croissant(const MetadataSource& source) {
    const market::Dataset& dataset = source.dataset;
    const std::string page = source.base_url + "/v1/datasets/" + dataset.id.hex();
    const std::string fallback = "Dataset " + dataset.id.hex().substr(0, 16);
    Json out{
        {"@context", context()},
        {"@type", "sc:Dataset"},
        {"conformsTo", "http://mlcommons.org/croissant/1.1"},
        {"name", language_map(source, "title", fallback)},
        {"description", language_map(source, "summary", origin_sentence(dataset))},
        {"url", page},
        {"identifier", urn("dataset", dataset.id.view())},
        {"version", "1.0.0"},
        {"datePublished", utc_time(dataset.registered_ms).substr(0, 10)},
        {"license", source.listing ? page + "?format=odrl" : "urn:jangbu:licence:none-offered"},
        {"creator",
         {{"@type", "sc:Organization"},
          {"name", member_name(dataset.registrant)},
          {"identifier", urn("org", dataset.registrant.view())}}},
        {"creditText", origin_sentence(dataset)},
        {"citeAs", "Jangbu dataset " + dataset.id.hex() + ", registered " +
                       utc_time(dataset.registered_ms) + " on ledger " + source.chain_id.hex()},
        // What is registered: a root over salted chunks, no digest of the plain file.
        {"additionalProperty",
         {{"@type", "sc:PropertyValue"},
          {"propertyID", "urn:jangbu:term:dataRoot"},
          {"value", to_hex(dataset.data_root)}}}};
    const std::string sha256 = plain_sha256(source);
    if (!sha256.empty())
        out["distribution"] =
            Json::array({{{"@type", "cr:FileObject"},
                          {"@id", file_id},
                          {"name", file_id},
                          {"description", "Delivered over the exchange."},
                          {"contentUrl", page},
                          {"contentSize", std::to_string(dataset.byte_len) + " B"},
                          {"encodingFormat", "text/csv"},
                          {"sha256", sha256}}});
    if (columns_of(source).empty()) return out;
    if (sha256.empty())
        out["variableMeasured"] = variables(source);
    else
        out["recordSet"] = Json::array({record_set(source)});
    return out;
}

}  // namespace jangbu::api
