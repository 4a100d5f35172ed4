#include "api/description.h"

#include <algorithm>

#include "api/facets.h"

namespace jangbu::api {
namespace {

using Json = nlohmann::ordered_json;

void collect(const Json& value, std::string& into) {
    if (value.is_string())
        into += value.get_ref<const std::string&>() + "\n";
    else if (value.is_structured())
        for (const auto& item : value) collect(item, into);
}

std::string first_text(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_object()) return {};
    for (const char* language : {"ko", "en"})
        if (value.contains(language) && value[language].is_string())
            return value[language].get<std::string>();
    return {};
}

// A text or a list of texts; what is no facet value is left out.
std::vector<std::string> values_of(const Json& value) {
    std::vector<std::string> out;
    const Json list = value.is_array() ? value : Json::array({value});
    for (const Json& item : list) {
        if (!item.is_string() || out.size() == facet_values_max) continue;
        const auto word = facet_value(item.get_ref<const std::string&>());
        if (word && std::ranges::find(out, *word) == out.end()) out.push_back(*word);
    }
    return out;
}

}  // namespace

std::optional<Json> read_description(const ledger::Document& document) {
    if (document.media_type != "application/vnd.jangbu.description+json") return std::nullopt;
    bool too_deep = false;
    const auto bounded = [&](int depth, Json::parse_event_t, Json&) {
        too_deep |= depth > description_depth_max;
        return !too_deep;
    };
    Json json = Json::parse(document.bytes.begin(), document.bytes.end(), bounded, false);
    if (too_deep || !json.is_object()) return std::nullopt;
    return json;
}

Description describe(const Json& description) {
    Description out;
    const auto member = [&](const char* name) {
        return description.contains(name) ? description[name] : Json();
    };
    out.title = first_text(member("title"));
    out.summary = first_text(member("summary"));
    collect(member("title"), out.title_text);
    collect(member("summary"), out.body_text);
    collect(member("keywords"), out.body_text);
    for (std::size_t f = 0; f < out.facets.size(); ++f) {
        out.facets[f] = values_of(member(std::string(facet_names[f]).c_str()));
        for (const std::string& value : out.facets[f]) out.body_text += value + "\n";
    }
    if (out.facets[3].size() > 1) out.facets[3].resize(1);
    return out;
}

}  // namespace jangbu::api
