// How one value of a record stands in JSON; shared by records and events.
#pragma once

#include "api/json_records.h"

namespace jangbu::api::json_values {

inline Json json(u64 value) {
    return std::to_string(value);
}
inline Json json(const ByteArray<32>& value) {
    return to_hex(value);
}
template <class Tag, std::size_t N>
Json json(const StrongId<Tag, N>& value) {
    return value.hex();
}
inline Json json(const ledger::DocumentRef& value) {
    return to_json(value);
}
template <class T>
Json json(const std::optional<T>& value) {
    return value ? json(*value) : Json();
}
template <class T>
Json list(const std::vector<T>& values) {
    Json out = Json::array();
    for (const T& value : values) out.push_back(json(value));
    return out;
}
// u8, u16 and u32 fit a JSON number.
template <class T>
int small(T value) {
    return static_cast<int>(value);
}

}  // namespace jangbu::api::json_values
