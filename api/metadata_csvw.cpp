// CSV on the Web: what the columns mean, from the public dictionary or profile.
#include "api/metadata.h"

namespace jangbu::api {
namespace {

Json datatype(const Json& column) {
    const std::string type = text_member(column, "type");
    Json out{{"base", "string"}};
    // Times of the common Korean forms are not all xsd:dateTime, so they stay strings.
    if (type == "integer") out["base"] = "integer";
    if (type == "real") out["base"] = "number";
    if (type == "boolean") return "string";  // 예/아니오, ON/OFF: no xsd:boolean
    if (out["base"] == "string") return "string";
    if (const std::string low = text_member(column, "min"); !low.empty()) out["minimum"] = low;
    if (const std::string high = text_member(column, "max"); !high.empty()) out["maximum"] = high;
    return out;
}

}  // namespace

Json csvw(const MetadataSource& source) {
    const std::vector<Json> columns = columns_of(source);
    if (columns.empty()) return {};
    const market::Dataset& dataset = source.dataset;
    Json described = Json::array();
    std::size_t number = 0;
    for (const Json& column : columns) {
        Json one{{"name", "column" + std::to_string(++number)},
                 {"titles", text_member(column, "name")},
                 {"datatype", datatype(column)}};
        if (const std::string meaning = text_member(column, "meaning"); !meaning.empty())
            one["dc:description"] = meaning;
        if (const std::string unit = text_member(column, "unit"); !unit.empty())
            one["schema:unitText"] = unit;
        described.push_back(one);
    }
    return {{"@context", "http://www.w3.org/ns/csvw"},
            {"url", urn("dataset", dataset.id.view())},
            {"dc:identifier", dataset.id.hex()},
            {"dc:title", plain_words(source, "title", "Dataset " + dataset.id.hex().substr(0, 16))},
            {"dc:provenance", origin_sentence(dataset)},
            {"urn:jangbu:term:dataRoot", to_hex(dataset.data_root)},
            {"tableSchema", {{"columns", described}}}};
}

}  // namespace jangbu::api
