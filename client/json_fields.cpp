#include "client/json_fields.h"

#include <charconv>

namespace jangbu::client {
namespace {

const Json absent;
const Json::array_t no_items;

}  // namespace

Result<Json> parse_json(ByteView text, std::string_view what) {
    bool too_deep = false;
    const auto bounded = [&](int depth, Json::parse_event_t, Json&) {
        too_deep |= depth > json_depth_max;
        return !too_deep;
    };
    Json json = Json::parse(text.begin(), text.end(), bounded, false);
    if (json.is_discarded() || too_deep)
        return fail(ErrorCode::malformed, std::string(what) + " is not JSON");
    return json;
}

JsonFields::JsonFields(const Json& object, std::string_view what) : object_(object), what_(what) {
    if (!object.is_object()) fault_ = std::string(what) + " is not a JSON object";
}

const Json& JsonFields::member(const char* name) const {
    if (!object_.is_object()) return absent;
    const auto at = object_.find(name);
    return at == object_.end() ? absent : *at;
}

std::string JsonFields::text(const char* name) {
    const Json& value = member(name);
    if (value.is_string()) return value.get_ref<const std::string&>();
    set_fault(name, "is not text");
    return {};
}

u64 JsonFields::number(const char* name) {
    const Json& value = member(name);
    if (value.is_number_unsigned()) return value.get<u64>();
    if (value.is_string()) {
        const std::string& digits = value.get_ref<const std::string&>();
        u64 number = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error == std::errc() && end == digits.data() + digits.size()) return number;
    }
    set_fault(name, "is not a whole number");
    return 0;
}

Bytes JsonFields::bytes(const char* name) {
    std::optional<Bytes> value = from_base64url(text(name));
    if (!value) set_fault(name, "is not base64url");
    return std::move(value).value_or(Bytes());
}

const Json::array_t& JsonFields::list(const char* name) {
    const Json& value = member(name);
    if (value.is_array()) return value.get_ref<const Json::array_t&>();
    set_fault(name, "is not a list");
    return no_items;
}

void JsonFields::set_fault(const char* name, std::string_view why) {
    if (fault_.empty()) fault_ = std::string(what_) + ": " + name + " " + std::string(why);
}

Status JsonFields::status() const {
    if (fault_.empty()) return {};
    return fail(ErrorCode::malformed, fault_);
}

}  // namespace jangbu::client
