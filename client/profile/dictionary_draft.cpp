#include "client/profile/dictionary.h"
#include "client/profile/number_text.h"

namespace jangbu::client {
namespace {

// A TOML basic string.
std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const u8 byte = static_cast<u8>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (byte < 0x20 || byte == 0x7f) {
            out.push_back(' ');
        } else {
            out.push_back(c);
        }
    }
    return out + "\"";
}

std::string comment(std::string_view text) {
    const std::string safe = toml_text(text);
    return safe.substr(1, safe.size() - 2);
}

std::string seen(const ColumnProfile& column) {
    std::string out;
    if (column.numbers) {
        const NumberFacts& n = *column.numbers;
        out = "1 % … 99 %: " + number_text(n.quantiles[0]) + " … " + number_text(n.quantiles[6]) +
              ", mean " + number_text(n.mean);
    } else if (column.times) {
        out = time_ns_text(column.times->first_ns) + " … " + time_ns_text(column.times->last_ns);
    } else {
        for (std::size_t i = 0; i < column.top.size() && i < 6; ++i)
            out += (i > 0 ? ", " : "") + comment(column.top[i].text);
    }
    return out;
}

// The part of a name that stands before its unit says what is measured, in words of the shop.
constexpr std::string_view draft_head =
    "# Data dictionary. Fill in what is empty, correct what was guessed, then run:\n"
    "#   jangbu dataset dictionary check FILE --data THE.csv\n"
    "# min and max are the range that is plausible for the equipment, not only the one that was\n"
    "# seen. 의미, 단위, 범위, 설비를 채우고 위 명령으로 검사하세요.\n";

}  // namespace

std::string draft_dictionary(const Profile& profile) {
    std::string out(draft_head);
    out += "format = \"jangbu-dictionary/1\"\n";
    out += "title = \"\"  # what the table is, in one sentence\n";
    out += "equipment = \"\"  # where no column says otherwise\n";
    for (const ColumnProfile& column : profile.columns) {
        out += "\n[[column]]\nname = " + toml_text(column.name) + "\nmeaning = \"\"\n";
        out += "type = \"" + std::string(to_string(column.type)) + "\"";
        const std::string shown = seen(column);
        if (!shown.empty()) out += "  # seen: " + shown;
        out += "\nunit = " + toml_text(column.unit.text) + "\n";
        if (column.numbers) {
            out += "min = " + exact_number_text(column.numbers->least) +
                   "\nmax = " + exact_number_text(column.numbers->greatest) + "\n";
        }
        out += "equipment = \"\"\n";
    }
    return out;
}

}  // namespace jangbu::client
