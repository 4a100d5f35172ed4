// JsonFields: reads the members of a JSON object in the text forms of docs/api.md, and remembers
// the first fault.
//
//     JsonFields fields(json, "status");
//     const u64 height = fields.number("height");
//     if (Status status = fields.status(); !status) return std::unexpected(status.error());
//
// After a fault every further value is empty or zero; nothing read may be used before status() was
// looked at.
#pragma once

#include <nlohmann/json.hpp>

#include "base/bcs.h"

namespace jangbu::client {

using Json = nlohmann::json;

// Nested at most json_depth_max deep, so that nobody's text can exhaust the stack. Errors:
// malformed.
inline constexpr int json_depth_max = 32;
Result<Json> parse_json(ByteView text, std::string_view what);

class JsonFields {
public:
    // Both arguments outlive the reader.
    JsonFields(const Json& object, std::string_view what);

    // The member, or null (JSON) where it is absent.
    const Json& member(const char* name) const;
    bool has(const char* name) const { return !member(name).is_null(); }

    std::string text(const char* name);
    std::string text_or_empty(const char* name) { return has(name) ? text(name) : std::string(); }
    u64 number(const char* name);  // a decimal string or a JSON number
    u64 number_or(const char* name, u64 otherwise) { return has(name) ? number(name) : otherwise; }
    Bytes bytes(const char* name);  // base64url
    template <class Id>
    Id id(const char* name) {
        const auto value = Id::from_hex(text(name));
        if (!value) set_fault(name, "is not an id in hex");
        return value.value_or(Id());
    }
    template <class Record>
    Record record(const char* name) {
        Result<Record> record = bcs::decode<Record>(bytes(name));
        if (!record) {
            set_fault(name, record.error().detail);
            return Record();
        }
        return std::move(*record);
    }
    const Json::array_t& list(const char* name);

    void set_fault(const char* name, std::string_view why);
    Status status() const;

private:
    const Json& object_;
    std::string_view what_;
    std::string fault_;
};

}  // namespace jangbu::client
