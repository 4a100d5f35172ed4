#include "client/process/plan_values.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "client/profile/number_text.h"

namespace jangbu::client {

std::vector<PlanFault> PlanValues::take_faults() {
    return std::exchange(faults_, {});
}

std::string PlanValues::text_of(const char* key, const toml::node& value, std::size_t bytes_max) {
    const auto text = value.value_exact<std::string_view>();
    if (!text) {
        fault(line_of(value), std::string(key) + " is a text in quotes");
        return {};
    }
    const bool plain = std::none_of(text->begin(), text->end(),
                                    [](char c) { return static_cast<u8>(c) < 0x20 || c == 0x7f; });
    if (text->size() > bytes_max || !plain || !is_utf8(as_bytes(*text))) {
        fault(line_of(value), std::string(key) + " is a text of at most " +
                                  std::to_string(bytes_max) + " bytes without control characters");
        return {};
    }
    return std::string(*text);
}

std::string PlanValues::column_of(const char* key, const toml::node& value) {
    std::string name = text_of(key, value, 200);
    if (name.empty()) fault(line_of(value), std::string(key) + " names a column");
    return name;
}

std::vector<std::string> PlanValues::columns_of(const char* key, const toml::node& value) {
    std::vector<std::string> out;
    const toml::array* list = value.as_array();
    if (!list || list->empty() || list->size() > plan_columns_max) {
        fault(line_of(value), std::string(key) + " is a list of column names: [\"a\", \"b\"]");
        return out;
    }
    for (const toml::node& node : *list) {
        out.push_back(column_of(key, node));
        if (std::count(out.begin(), out.end(), out.back()) > 1)
            fault(line_of(node), std::string(key) + " names " + printable(out.back()) + " twice");
    }
    return out;
}

i64 PlanValues::whole_of(const char* key, const toml::node& value, i64 least, i64 most) {
    const auto whole = value.value_exact<int64_t>();
    if (whole && *whole >= least && *whole <= most) return *whole;
    fault(line_of(value), std::string(key) + " is a whole number from " + std::to_string(least) +
                              " to " + std::to_string(most));
    return least;
}

// As a decimal that is computed with exactly: 0.1, or "0.1".
std::string PlanValues::number_of(const char* key, const toml::node& value) {
    std::string text;
    if (const auto whole = value.value_exact<int64_t>())
        text = std::to_string(*whole);
    else if (const auto real = value.value_exact<double>(); real && std::isfinite(*real))
        text = exact_number_text(*real);
    else if (const auto said = value.value_exact<std::string_view>())
        text = std::string(*said);
    if (const auto number = read_decimal(text, '.')) return decimal_text(*number);
    fault(line_of(value), std::string(key) +
                              " is a decimal number of at most 18 digits, nine of them behind "
                              "the point");
    return {};
}

}  // namespace jangbu::client
