#include <algorithm>

#include "client/plain_text.h"
#include "client/profile/number_text.h"
#include "client/profile/profile_view.h"

namespace jangbu::client {
namespace {

constexpr std::size_t name_cells_max = 28;

// How many cells of a terminal a text takes: Hangul and other wide letters take two.
std::size_t cells_of(std::string_view text) {
    std::size_t cells = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const u8 byte = static_cast<u8>(text[i]);
        if ((byte & 0xc0) == 0x80) continue;
        cells += byte >= 0xe3 && byte < 0xf0 ? 2 : 1;
    }
    return cells;
}

std::string padded_right(std::string text, std::size_t cells) {
    const std::size_t has = cells_of(text);
    if (has < cells) text.append(cells - has, ' ');
    return text;
}
std::string padded_left(const std::string& text, std::size_t cells) {
    const std::size_t has = cells_of(text);
    return has < cells ? std::string(cells - has, ' ') + text : text;
}

std::string cut_to(std::string_view text, std::size_t cells) {
    if (cells_of(text) <= cells) return std::string(text);
    std::size_t end = 0;
    std::size_t has = 0;
    while (end < text.size()) {
        std::size_t next = end + 1;
        while (next < text.size() && (static_cast<u8>(text[next]) & 0xc0) == 0x80) ++next;
        has += cells_of(text.substr(end, next - end));
        if (has + 1 > cells) break;
        end = next;
    }
    return std::string(text.substr(0, end)) + "…";
}

// Eighths of a cell, as heights.
std::string bars(const std::vector<u64>& counts) {
    static constexpr const char* blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::size_t cells = 16;
    std::vector<u64> joined(std::min(cells, counts.size()));
    for (std::size_t i = 0; i < counts.size(); ++i)
        joined[i * joined.size() / counts.size()] += counts[i];
    const u64 most = joined.empty() ? 0 : *std::max_element(joined.begin(), joined.end());
    std::string out;
    for (const u64 count : joined)
        out += blocks[count == 0 ? 0 : 1 + static_cast<std::size_t>(count * 7 / most)];
    return out;
}

std::string summary(const ColumnProfile& column, Language language) {
    const bool korean = language == Language::korean;
    if (column.numbers) {
        const NumberFacts& n = *column.numbers;
        return number_text(n.least) + " … " + number_text(n.quantiles[3]) + " … " +
               number_text(n.greatest) + (korean ? "  평균 " : "  mean ") + number_text(n.mean) +
               " ± " + number_text(n.deviation) + "  " + bars(n.histogram.counts);
    }
    if (column.times) {
        const TimeFacts& t = *column.times;
        return time_ns_text(t.first_ns) + " … " + time_ns_text(t.last_ns) +
               (t.interval_ns > 0
                    ? (korean ? "  간격 " : "  every ") + duration_ns_text(t.interval_ns)
                    : "");
    }
    std::string out;
    for (std::size_t i = 0; i < column.top.size() && i < 4; ++i)
        out += (i > 0 ? ", " : "") + cut_to(column.top[i].text, 20) + " ×" +
               grouped(column.top[i].count);
    return out + (column.top.size() > 4 ? ", …" : "");
}

std::string head_text(const Profile& profile, bool korean) {
    const std::string delimiter =
        profile.delimiter == '\t' ? "TAB" : std::string(1, profile.delimiter);
    std::string out = profile.file + "\n";
    out += (korean ? "행 " : "rows ") + grouped(profile.rows) + (korean ? "  열 " : "  columns ") +
           grouped(profile.columns.size()) + "  " + bytes_text(profile.bytes) + "  " +
           to_string(profile.encoding) + (korean ? "  구분자 " : "  delimiter ") + delimiter;
    if (profile.decimal != '.') out += korean ? "  소수점 ," : "  decimal ,";
    return out + "\n\n";
}

}  // namespace

std::string columns_text(const Profile& profile, const Finding& finding) {
    constexpr std::size_t shown_max = 8;
    std::string out;
    for (std::size_t i = 0; i < finding.columns.size() && i < shown_max; ++i)
        out += (i > 0 ? ", " : "") + profile.columns[finding.columns[i]].name;
    if (finding.columns.size() > shown_max)
        out += ", … (" + std::to_string(finding.columns.size()) + ")";
    return out;
}

std::string type_text(ColumnType type, Language language) {
    if (language == Language::english) return to_string(type);
    switch (type) {
        case ColumnType::empty:
            return "빈 열";
        case ColumnType::integer:
            return "정수";
        case ColumnType::real:
            return "실수";
        case ColumnType::boolean:
            return "참/거짓";
        case ColumnType::time:
            return "시각";
        case ColumnType::category:
            return "범주";
        case ColumnType::text:
            return "문자";
    }
    return "";
}

std::string profile_text(const Profile& profile, Language language) {
    const bool korean = language == Language::korean;
    std::string out = head_text(profile, korean);
    std::size_t width = 6;
    for (const ColumnProfile& column : profile.columns)
        width = std::max(width, std::min(cells_of(column.name), name_cells_max));
    out += padded_right(korean ? "열" : "column", width) + "  " +
           padded_right(korean ? "형식" : "type", 9) + padded_right(korean ? "단위" : "unit", 8) +
           padded_left(korean ? "결측" : "missing", 9) +
           padded_left(korean ? "고유값" : "distinct", 11) + "  " +
           (korean ? "최소 … 중앙값 … 최대, 또는 잦은 값" : "min … median … max, or top values") +
           "\n";
    for (const ColumnProfile& column : profile.columns) {
        out +=
            padded_right(cut_to(column.name, width), width) + "  " +
            padded_right(type_text(column.type, language), 9) + padded_right(column.unit.text, 8) +
            padded_left(column.missing == 0 ? "0" : percent_text(column.missing, profile.rows), 9) +
            padded_left((column.distinct_error > 0 ? "~" : "") + grouped(column.distinct), 11) +
            "  " + summary(column, language) + "\n";
    }
    if (profile.findings.empty())
        return out + "\n" + (korean ? "눈에 띄는 점이 없습니다.\n" : "Nothing stands out.\n");
    out += korean ? "\n살펴볼 점\n" : "\nWhat stands out\n";
    for (const Finding& finding : profile.findings) {
        out += finding.severity == Severity::warning ? "! " : "- ";
        out += title_of(finding.kind, language);
        if (!finding.columns.empty()) out += ": " + columns_text(profile, finding);
        if (finding.count > 0)
            out +=
                std::string(" (") + (finding.at_least ? "≥ " : "") + grouped(finding.count) + ")";
        if (!finding.detail.empty()) out += "  [" + finding.detail + "]";
        const std::string places = places_text(finding, language);
        if (!places.empty()) out += "\n    " + places;
        out += "\n    " + advice_of(finding.kind, language) + "\n";
    }
    return out;
}

}  // namespace jangbu::client
