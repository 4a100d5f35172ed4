#include "client/profile/dictionary.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "client/plain_text.h"
#include "client/profile/cell.h"
#include "client/profile/number_text.h"

namespace jangbu::client {
namespace {

constexpr std::string_view dictionary_format = "jangbu-dictionary/1";

bool has_controls(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return (static_cast<u8>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    });
}

class DictionaryReader {
public:
    DictionaryReading read(std::string_view text) {
        if (text.size() > dictionary_text_bytes_max) {
            fault(0, "a dictionary has at most 4 MiB");
            return std::move(out_);
        }
        toml::table table;
        try {
            table = toml::parse(text, std::string_view("dictionary"));
        } catch (const toml::parse_error& error) {
            fault(error.source().begin.line, std::string(error.description()));
            return std::move(out_);
        }
        read_head(table);
        const toml::node* columns = table.get("column");
        const toml::array* list = columns ? columns->as_array() : nullptr;
        if (!list || list->empty())
            fault(columns ? columns->source().begin.line : 0,
                  "no column: each begins with [[column]]");
        else if (list->size() > profile_columns_max)
            fault(columns->source().begin.line, "more columns than a table may have");
        else
            for (const toml::node& node : *list) read_column(node);
        std::sort(out_.faults.begin(), out_.faults.end(), [](const auto& a, const auto& b) {
            return std::tie(a.line, a.what) < std::tie(b.line, b.what);
        });
        return std::move(out_);
    }

private:
    void fault(u32 line, std::string what) { out_.faults.push_back({line, std::move(what)}); }

    void read_head(const toml::table& table) {
        bool has_format = false;
        for (const auto& [key, value] : table) {
            const std::string_view name = key.str();
            if (name == "format") {
                has_format = true;
                if (text_of("format", value, 40) != dictionary_format)
                    fault(value.source().begin.line,
                          "the format is \"" + std::string(dictionary_format) + "\"");
            } else if (name == "title") {
                out_.dictionary.title = text_of("title", value, 200);
            } else if (name == "equipment") {
                out_.dictionary.equipment = text_of("equipment", value, 200);
            } else if (name != "column") {
                fault(value.source().begin.line, "unknown key " + printable(name));
            }
        }
        if (!has_format) fault(0, "format = \"" + std::string(dictionary_format) + "\" is missing");
    }

    std::string text_of(const char* key, const toml::node& value, std::size_t bytes_max) {
        const u32 line = value.source().begin.line;
        const auto text = value.value_exact<std::string_view>();
        if (!text) {
            fault(line, std::string(key) + " is a text in quotes");
            return {};
        }
        if (text->size() > bytes_max) {
            fault(line,
                  std::string(key) + " has more than " + std::to_string(bytes_max) + " bytes");
            return {};
        }
        if (!is_utf8(as_bytes(*text)) || has_controls(*text)) {
            fault(line, std::string(key) + " holds control characters");
            return {};
        }
        return std::string(*text);
    }

    // A number, or a time in quotes or as TOML writes it.
    std::string bound_of(const char* key, const toml::node& value) {
        const u32 line = value.source().begin.line;
        if (const auto whole = value.value_exact<int64_t>()) return std::to_string(*whole);
        if (const auto real = value.value_exact<double>()) {
            if (std::isfinite(*real)) return exact_number_text(*real);
            fault(line, std::string(key) + " is no finite number");
            return {};
        }
        if (const auto text = value.value_exact<std::string_view>()) {
            const Cell cell = read_cell(*text, {'.', true});
            const bool fits = cell.kind == CellKind::integer || cell.kind == CellKind::real ||
                              cell.kind == CellKind::time;
            if (fits && text->size() <= 40 && text->find(',') == std::string_view::npos)
                return std::string(*text);
        }
        fault(line, std::string(key) + " is a number, or a time in quotes");
        return {};
    }

    void read_column(const toml::node& node) {
        const u32 line = node.source().begin.line;
        const toml::table* table = node.as_table();
        if (!table) return fault(line, "a column is a table: [[column]]");
        DictionaryColumn column;
        for (const auto& [key, value] : *table) {
            const std::string_view name = key.str();
            if (name == "name")
                column.name = text_of("name", value, 200);
            else if (name == "meaning")
                column.meaning = text_of("meaning", value, 1000);
            else if (name == "unit")
                column.unit = text_of("unit", value, 40);
            else if (name == "equipment")
                column.equipment = text_of("equipment", value, 200);
            else if (name == "type")
                column.type = type_of(value);
            else if (name == "min")
                column.low = bound_of("min", value);
            else if (name == "max")
                column.high = bound_of("max", value);
            else
                fault(value.source().begin.line, "unknown key " + printable(name));
        }
        if (column.name.empty()) fault(line, "a column has no name");
        check_range(column, line);
        const auto same =
            std::find_if(out_.dictionary.columns.begin(), out_.dictionary.columns.end(),
                         [&](const DictionaryColumn& other) { return other.name == column.name; });
        if (same != out_.dictionary.columns.end() && !column.name.empty())
            fault(line, "a second column " + printable(column.name));
        out_.dictionary.columns.push_back(std::move(column));
        out_.lines.push_back(line);
    }

    u8 type_of(const toml::node& value) {
        const std::string name = text_of("type", value, 40);
        for (u8 type = 0; type <= static_cast<u8>(ColumnType::text); ++type)
            if (name == to_string(static_cast<ColumnType>(type))) return type;
        fault(value.source().begin.line,
              "a type is integer, real, boolean, time, category, text or empty");
        return 0;
    }

    void check_range(const DictionaryColumn& column, u32 line) {
        if (column.low.empty() || column.high.empty()) return;
        const Cell low = read_cell(column.low, {'.', true});
        const Cell high = read_cell(column.high, {'.', true});
        const bool times = low.kind == CellKind::time;
        if (times != (high.kind == CellKind::time))
            fault(line, "min and max are of two kinds");
        else if (times ? low.time_ns > high.time_ns : low.number > high.number)
            fault(line, "min is above max");
    }

    DictionaryReading out_;
};

bool is_number_type(u8 type) {
    return type == static_cast<u8>(ColumnType::integer) ||
           type == static_cast<u8>(ColumnType::real);
}

}  // namespace

crypto::Hash schema_hash(const Dictionary& dictionary) {
    static const crypto::Tag tag("jangbu/schema/v1");
    return tag(bcs::encode(dictionary));
}

DictionaryReading read_dictionary(std::string_view toml) {
    return DictionaryReader().read(toml);
}

Result<Dictionary> sound_dictionary(std::string_view toml, std::string_view file_name) {
    DictionaryReading reading = read_dictionary(toml);
    if (reading.faults.empty()) return std::move(reading.dictionary);
    const DictionaryFault& first = reading.faults.front();
    return fail(ErrorCode::malformed,
                std::string(file_name) +
                    (first.line > 0 ? ", line " + std::to_string(first.line) : std::string()) +
                    ": " + first.what +
                    (reading.faults.size() > 1
                         ? " (and " + std::to_string(reading.faults.size() - 1) + " more)"
                         : std::string()));
}

std::vector<DictionaryFault> compare_with_data(const DictionaryReading& reading,
                                               const Profile& profile) {
    std::vector<DictionaryFault> out;
    const std::vector<DictionaryColumn>& columns = reading.dictionary.columns;
    const auto find = [&](const std::string& name) {
        return std::find_if(profile.columns.begin(), profile.columns.end(),
                            [&](const ColumnProfile& one) { return one.name == name; });
    };
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto data = find(columns[i].name);
        const u32 line = reading.lines[i];
        if (data == profile.columns.end()) {
            out.push_back({line, "the data has no column " + printable(columns[i].name)});
            continue;
        }
        const u8 type = columns[i].type;
        // Whole numbers are real numbers too.
        const bool fits =
            type == 0 || type == static_cast<u8>(data->type) || data->type == ColumnType::empty ||
            (type == static_cast<u8>(ColumnType::real) && data->type == ColumnType::integer);
        if (!fits)
            out.push_back({line, printable(columns[i].name) + " is " +
                                     to_string(static_cast<ColumnType>(type)) + " here and " +
                                     to_string(data->type) + " in the data"});
        if (!data->numbers) continue;
        const Cell low = read_cell(columns[i].low, {});
        const Cell high = read_cell(columns[i].high, {});
        if (low.kind != CellKind::missing && data->numbers->least < low.number)
            out.push_back({line, printable(columns[i].name) + ": " +
                                     number_text(data->numbers->least) + " in line " +
                                     std::to_string(data->numbers->least_line) +
                                     " of the data is below min"});
        if (high.kind != CellKind::missing && data->numbers->greatest > high.number)
            out.push_back({line, printable(columns[i].name) + ": " +
                                     number_text(data->numbers->greatest) + " in line " +
                                     std::to_string(data->numbers->greatest_line) +
                                     " of the data is above max"});
    }
    for (const ColumnProfile& column : profile.columns) {
        const bool known = std::any_of(columns.begin(), columns.end(),
                                       [&](const auto& one) { return one.name == column.name; });
        if (!known) out.push_back({0, "the dictionary lacks the column " + printable(column.name)});
    }
    return out;
}

Completeness completeness(const Dictionary& dictionary) {
    Completeness out;
    u32 got = dictionary.title.empty() ? 0 : 2;
    u32 possible = 2;
    if (dictionary.title.empty()) out.reasons.push_back({"title", 0, {}});
    struct Part {
        const char* what;
        u32 weight;
        bool (*counts)(const DictionaryColumn&);
        bool (*given)(const DictionaryColumn&, const Dictionary&);
    };
    static constexpr Part parts[] = {
        {"meaning", 3, [](const DictionaryColumn&) { return true; },
         [](const DictionaryColumn& c, const Dictionary&) { return !c.meaning.empty(); }},
        {"unit", 2, [](const DictionaryColumn& c) { return is_number_type(c.type); },
         [](const DictionaryColumn& c, const Dictionary&) { return !c.unit.empty(); }},
        {"range", 2, [](const DictionaryColumn& c) { return is_number_type(c.type); },
         [](const DictionaryColumn& c, const Dictionary&) {
             return !c.low.empty() && !c.high.empty();
         }},
        {"type", 1, [](const DictionaryColumn&) { return true; },
         [](const DictionaryColumn& c, const Dictionary&) { return c.type != 0; }},
        {"equipment", 1, [](const DictionaryColumn&) { return true; },
         [](const DictionaryColumn& c, const Dictionary& d) {
             return !c.equipment.empty() || !d.equipment.empty();
         }},
    };
    for (const Part& part : parts) {
        Completeness::Reason lacking{part.what, 0, {}};
        for (const DictionaryColumn& column : dictionary.columns) {
            if (!part.counts(column)) continue;
            possible += part.weight;
            if (part.given(column, dictionary)) {
                got += part.weight;
                continue;
            }
            if (lacking.columns++ == 0) lacking.first = column.name;
        }
        if (lacking.columns > 0) out.reasons.push_back(std::move(lacking));
    }
    out.percent = got * 100 / possible;
    return out;
}

}  // namespace jangbu::client
