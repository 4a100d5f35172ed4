#include "client/jcs.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace jangbu::client {
namespace {

constexpr u64 exact_integer_max = u64{1} << 53;

std::unexpected<Error> no_canonical_json(const std::string& why) {
    return fail(ErrorCode::malformed, "no canonical JSON: " + why);
}

// UTF-16 units of well-formed UTF-8, for the order of names.
std::u16string utf16(std::string_view text) {
    std::u16string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = [&](std::size_t at) {
            return static_cast<u32>(static_cast<u8>(text[at]));
        };
        const u32 first = byte(i);
        const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        u32 point = length == 1 ? first : first & (0xffu >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) point = point << 6 | (byte(i + k) & 0x3f);
        i += length;
        if (point < 0x10000) {
            out += static_cast<char16_t>(point);
        } else {
            out += static_cast<char16_t>(0xd800 + ((point - 0x10000) >> 10));
            out += static_cast<char16_t>(0xdc00 + ((point - 0x10000) & 0x3ff));
        }
    }
    return out;
}

void put_text(std::string_view text, std::string& out) {
    static constexpr char digits[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const u8 byte = static_cast<u8>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (const std::size_t at = std::string_view("\b\t\n\f\r").find(c);
                   at != std::string_view::npos) {
            out += '\\';
            out += "btnfr"[at];
        } else if (byte < 0x20) {
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

Status put(const Json& value, int depth, std::string& out);

Status put_object(const Json& value, int depth, std::string& out) {
    std::vector<std::pair<std::u16string, const Json::object_t::value_type*>> members;
    for (const auto& member : value.get_ref<const Json::object_t&>()) {
        if (!is_utf8(as_bytes(member.first))) return no_canonical_json("a name is not UTF-8");
        members.emplace_back(utf16(member.first), &member);
    }
    std::ranges::sort(members, {}, [](const auto& member) { return member.first; });
    out += '{';
    for (const auto& [order, member] : members) {
        if (out.back() != '{') out += ',';
        put_text(member->first, out);
        out += ':';
        TRY(put(member->second, depth + 1, out));
    }
    out += '}';
    return {};
}

Status put_number(const Json& value, std::string& out) {
    if (value.is_number_float()) {
        const double number = value.get<double>();
        if (!std::isfinite(number)) return no_canonical_json("a number is not finite");
        out += ecmascript_number(number);
        return {};
    }
    const bool exact = value.is_number_unsigned()
                           ? value.get<u64>() <= exact_integer_max
                           : value.get<std::int64_t>() >= -std::int64_t{exact_integer_max};
    if (!exact) return no_canonical_json("a number is above 2^53");
    out += value.dump();
    return {};
}

Status put(const Json& value, int depth, std::string& out) {
    if (depth > json_depth_max) return no_canonical_json("nested too deep");
    if (value.is_object()) return put_object(value, depth, out);
    if (value.is_number()) return put_number(value, out);
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (!is_utf8(as_bytes(text))) return no_canonical_json("text is not UTF-8");
        put_text(text, out);
        return {};
    }
    if (!value.is_array()) {
        out += value.dump();  // null, true, false
        return {};
    }
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        TRY(put(value[i], depth + 1, out));
    }
    out += ']';
    return {};
}

}  // namespace

Result<std::string> canonical_json(const Json& value) {
    std::string out;
    TRY(put(value, 0, out));
    return out;
}

Result<Json> parse_json_once(ByteView text, std::string_view what) {
    bool too_deep = false;
    bool repeated = false;
    std::vector<std::set<std::string>> names;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
        too_deep |= depth > json_depth_max;
        if (event == Json::parse_event_t::object_start) names.emplace_back();
        if (event == Json::parse_event_t::object_end) names.pop_back();
        if (event == Json::parse_event_t::key)
            repeated |= !names.back().insert(value.get<std::string>()).second;
        return !too_deep;
    };
    Json json = Json::parse(text.begin(), text.end(), watch, false);
    if (json.is_discarded() || too_deep)
        return fail(ErrorCode::malformed, std::string(what) + " is not JSON");
    if (repeated) return fail(ErrorCode::malformed, std::string(what) + " names a member twice");
    return json;
}

std::string ecmascript_number(double value) {
    if (value == 0) return "0";  // also for -0
    std::string out = value < 0 ? "-" : "";
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value),
                                            std::chars_format::scientific);
    const std::string_view shortest(buffer, static_cast<std::size_t>(end - buffer));
    const std::size_t mark = shortest.find('e');
    std::string digits(1, shortest[0]);
    if (mark > 2) digits += shortest.substr(2, mark - 2);
    int exponent = 0;
    const char* from = shortest.data() + mark + (shortest[mark + 1] == '+' ? 2 : 1);
    std::from_chars(from, end, exponent);
    // The value is 0.digits * 10^point.
    const int point = exponent + 1;
    const int count = static_cast<int>(digits.size());
    if (point > 21 || point < -5) {
        out += digits[0];
        if (count > 1) out += "." + digits.substr(1);
        out += exponent < 0 ? "e-" : "e+";
        return out + std::to_string(std::abs(exponent));
    }
    if (point <= 0) return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    if (count <= point)
        return out + digits + std::string(static_cast<std::size_t>(point - count), '0');
    const auto whole = static_cast<std::size_t>(point);
    return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace jangbu::client
