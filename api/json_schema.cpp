#include "api/json_schema.h"

#include <charconv>

#include "base/assert.h"

namespace jangbu::api {
namespace {

Json pattern(const char* expression) {
    return {{"type", "string"}, {"pattern", expression}};
}

Json bounded(u64 least, u64 most) {
    return {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}

u64 number_of(std::string_view text) {
    u64 value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    JANGBU_ASSERT(error == std::errc() && end == text.data() + text.size());
    return value;
}

Json choice(std::string_view values) {
    Json list = Json::array();
    while (true) {
        const std::size_t bar = values.find('|');
        list.push_back(values.substr(0, bar));
        if (bar == std::string_view::npos) break;
        values.remove_prefix(bar + 1);
    }
    if (list.size() == 1) return {{"type", "string"}, {"const", list[0]}};
    return {{"type", "string"}, {"enum", list}};
}

Json simple(std::string_view type) {
    if (type == "hash") return pattern("^[0-9a-f]{64}$");
    if (type == "u64") return pattern("^(0|[1-9][0-9]{0,19})$");
    if (type == "bytes") return pattern("^[A-Za-z0-9_-]*$");
    if (type == "bytes64") return pattern("^[A-Za-z0-9_-]{86}$");
    if (type == "u8") return bounded(0, 0xFF);
    if (type == "u16") return bounded(0, 0xFFFF);
    if (type == "u32") return bounded(0, 0xFFFF'FFFF);
    if (type == "flag") return {{"type", "boolean"}};
    if (type == "text") return {{"type", "string"}};
    if (type == "any") return Json::object();
    constexpr std::string_view at_most = "text<=";
    if (type.starts_with(at_most))
        return {{"type", "string"}, {"maxLength", number_of(type.substr(at_most.size()))}};
    if (const std::size_t dots = type.find(".."); dots != std::string_view::npos)
        return bounded(number_of(type.substr(0, dots)), number_of(type.substr(dots + 2)));
    if (type.starts_with('=')) return choice(type.substr(1));
    if (type.contains('|')) return choice(type);
    JANGBU_ASSERT(!type.empty() && type[0] >= 'A' && type[0] <= 'Z');
    return {{"$ref", "#/components/schemas/" + std::string(type)}};
}

Json object(std::string_view fields) {
    Json properties = Json::object();
    Json required = Json::array();
    while (!fields.empty()) {
        const std::size_t blank = fields.find(' ');
        std::string_view field = fields.substr(0, blank);
        fields.remove_prefix(blank == std::string_view::npos ? fields.size() : blank + 1);
        if (field.empty()) continue;
        const std::size_t end = field.find_first_of(":=");
        JANGBU_ASSERT(end != std::string_view::npos);
        std::string name(field.substr(0, end));
        const bool may_be_absent = name.ends_with('?');
        if (may_be_absent) name.pop_back();
        properties[name] = schema_of(field.substr(field[end] == ':' ? end + 1 : end));
        if (!may_be_absent) required.push_back(name);
    }
    Json out{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

}  // namespace

Json schema_of(std::string_view type) {
    if (type.ends_with('?')) {
        const Json inner = schema_of(type.substr(0, type.size() - 1));
        return {{"anyOf", Json::array({inner, {{"type", "null"}}})}};
    }
    if (type.ends_with("[]"))
        return {{"type", "array"}, {"items", schema_of(type.substr(0, type.size() - 2))}};
    return simple(type);
}

Json closed_object(std::string_view fields) {
    Json out = object(fields);
    out["additionalProperties"] = false;
    return out;
}

Json open_object(std::string_view fields) {
    return object(fields);
}

}  // namespace jangbu::api
