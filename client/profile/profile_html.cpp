#include <algorithm>
#include <cmath>

#include "client/plain_text.h"
#include "client/profile/number_text.h"
#include "client/profile/profile_view.h"

namespace jangbu::client {
namespace {

// Beyond it a page grows too long to read; the rest stands in the table only.
constexpr std::size_t pictures_max = 512;

constexpr const char* style = R"css(
:root{--ink:#1b2530;--soft:#5c6b7a;--line:#d9e0e7;--bar:#2f6f9f;--warn:#a33b12;--note:#5c6b7a}
*{box-sizing:border-box}
body{font:15px/1.5 "Noto Sans KR","NanumGothic","Malgun Gothic",system-ui,sans-serif;color:var(--ink);
margin:0 auto;max-width:1060px;padding:28px;word-break:keep-all}
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:28px 0 8px;border-bottom:2px solid var(--ink)}
p.facts{color:var(--soft);margin:0}
ul.findings{list-style:none;padding:0;margin:0}
ul.findings li{padding:7px 0 7px 14px;border-bottom:1px solid var(--line);border-left:4px solid var(--note)}
ul.findings li.warning{border-left-color:var(--warn)}
ul.findings b{margin-right:6px}.mark{font-size:12px;color:var(--soft);border:1px solid var(--line);
border-radius:3px;padding:0 5px;margin-right:6px}li.warning .mark{color:var(--warn);border-color:var(--warn)}
.lines,.advice{color:var(--soft);font-size:13px;display:block}code{font-size:13px;overflow-wrap:anywhere}
.columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(310px,1fr));gap:14px}
article{border:1px solid var(--line);border-radius:6px;padding:12px;break-inside:avoid}
article h3{font-size:15px;margin:0;overflow-wrap:anywhere}article p{margin:0;color:var(--soft);font-size:13px}
svg{display:block;width:100%;height:auto;margin-top:8px}
dl{display:grid;grid-template-columns:auto 1fr;gap:0 10px;margin:8px 0 0;font-size:13px}
dt{color:var(--soft)}dd{margin:0;text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:13px}td,th{text-align:left;padding:3px 6px;
border-bottom:1px solid var(--line)}td.n{text-align:right;font-variant-numeric:tabular-nums}
footer{margin-top:28px;color:var(--soft);font-size:12px}
@media print{body{padding:0;max-width:none;font-size:12px}.columns{grid-template-columns:repeat(3,1fr)}
h2{break-after:avoid}@page{margin:14mm}}
)css";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                // Controls have no place in a page.
                out.push_back(static_cast<u8>(c) < 0x20 || c == 0x7f ? ' ' : c);
        }
    }
    return out;
}

// Coordinates in tenths, so that the text does not depend on rounding of the last digit.
std::string tenth(double value) {
    const auto tenths = static_cast<i64>(std::llround(value * 10));
    const i64 size = tenths < 0 ? -tenths : tenths;
    return (tenths < 0 ? "-" : "") + std::to_string(size / 10) +
           (size % 10 != 0 ? "." + std::to_string(size % 10) : "");
}

std::string picture(const std::string& label, int height, const std::string& body) {
    return "<svg viewBox=\"0 0 280 " + std::to_string(height) + "\" role=\"img\" aria-label=\"" +
           escaped(label) + "\">" + body + "</svg>";
}

std::string histogram_picture(const NumberFacts& numbers, const std::string& label) {
    const std::vector<u64>& counts = numbers.histogram.counts;
    if (counts.empty()) return {};
    const u64 most = *std::max_element(counts.begin(), counts.end());
    const double width = 280.0 / static_cast<double>(counts.size());
    std::string body;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        const double height =
            std::max(1.0, 60.0 * static_cast<double>(counts[i]) / static_cast<double>(most));
        body += "<rect x=\"" + tenth(static_cast<double>(i) * width) + "\" y=\"" +
                tenth(62 - height) + "\" width=\"" + tenth(std::max(0.8, width - 0.8)) +
                "\" height=\"" + tenth(height) + "\" fill=\"#2f6f9f\"/>";
    }
    const double end =
        numbers.histogram.start + numbers.histogram.width * static_cast<double>(counts.size());
    body +=
        "<path d=\"M0 62.5H280\" stroke=\"#5c6b7a\"/><text x=\"0\" y=\"75\" font-size=\"11\" "
        "fill=\"#5c6b7a\">" +
        number_text(numbers.histogram.start) +
        "</text><text x=\"280\" y=\"75\" font-size=\"11\" text-anchor=\"end\" "
        "fill=\"#5c6b7a\">" +
        number_text(end) + "</text>";
    return picture(label, 78, body);
}

// The band from least to greatest, and the mean over it.
std::string course_picture(const ColumnProfile& column, const std::string& label) {
    double least = INFINITY;
    double greatest = -INFINITY;
    for (const Course::Point& point : column.course) {
        if (point.count == 0) continue;
        least = std::min(least, point.least);
        greatest = std::max(greatest, point.greatest);
    }
    if (column.course.size() < 2 || !(greatest > least)) return {};
    const double across = 280.0 / static_cast<double>(column.course.size() - 1);
    const auto y = [&](double value) {
        return tenth(42 - 40 * (value - least) / (greatest - least));
    };
    std::string band;
    std::string mean;
    bool open = false;
    for (std::size_t i = 0; i < column.course.size(); ++i) {
        const Course::Point& point = column.course[i];
        if (point.count == 0) {
            open = false;
            continue;
        }
        const std::string x = tenth(static_cast<double>(i) * across);
        band += "M" + x + " " + y(point.least) + "V" + y(point.greatest);
        mean += (open ? "L" : "M") + x + " " + y(point.sum / static_cast<double>(point.count));
        open = true;
    }
    return picture(label, 44,
                   "<path d=\"" + band + "\" stroke=\"#b9cfdf\" stroke-width=\"2\"/><path d=\"" +
                       mean + "\" fill=\"none\" stroke=\"#1b4a6b\" stroke-width=\"1.3\"/>");
}

std::string top_picture(const ColumnProfile& column, u64 rows, const std::string& label) {
    constexpr std::size_t shown_max = 6;
    const std::size_t shown = std::min(column.top.size(), shown_max);
    if (shown == 0) return {};
    std::string body;
    for (std::size_t i = 0; i < shown; ++i) {
        const std::string y = std::to_string(i * 15);
        const double width = std::max(1.0, 110.0 * static_cast<double>(column.top[i].count) /
                                               static_cast<double>(column.top[0].count));
        std::string text = column.top[i].text;
        bool cut = false;
        if (text.size() > 24) {
            text.resize(utf8_prefix(std::string_view(text).substr(0, 24), &cut));
            text += "…";
        }
        body += "<text x=\"0\" y=\"" + std::to_string(i * 15 + 11) + "\" font-size=\"11\">" +
                escaped(text) + "</text><rect x=\"120\" y=\"" + y + "\" width=\"" + tenth(width) +
                "\" height=\"12\" fill=\"#2f6f9f\"/><text x=\"" + tenth(124 + width) + "\" y=\"" +
                std::to_string(i * 15 + 11) + "\" font-size=\"10\" fill=\"#5c6b7a\">" +
                percent_text(column.top[i].count, rows) + "</text>";
    }
    return picture(label, static_cast<int>(shown * 15), body);
}

class Page {
public:
    Page(const Profile& profile, Language language)
        : profile_(profile), language_(language), korean_(language == Language::korean) {}

    std::string text() const {
        std::string out = "<!doctype html>\n<html lang=\"" + std::string(korean_ ? "ko" : "en") +
                          "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                          "content=\"width=device-width,initial-scale=1\"><title>" +
                          escaped(profile_.file) + "</title><style>" + style +
                          "</style></head><body>\n";
        out += head() + findings() + columns() + table();
        return out + "<footer>" + footer() + "</footer>\n</body></html>\n";
    }

private:
    const char* say(const char* korean, const char* english) const {
        return korean_ ? korean : english;
    }

    std::string head() const {
        std::string out = "<h1>" + escaped(profile_.file) + "</h1><p class=\"facts\">";
        out += std::string(say("데이터 프로파일", "Data profile")) + " · " +
               grouped(profile_.rows) + say("행 × ", " rows × ") +
               grouped(profile_.columns.size()) + say("열", " columns") + " · " +
               bytes_text(profile_.bytes) + " · " + to_string(profile_.encoding) + " · " +
               say("구분자 ", "delimiter ") +
               (profile_.delimiter == '\t' ? "TAB" : escaped(std::string(1, profile_.delimiter))) +
               (profile_.decimal == ',' ? say(" · 소수점 ,", " · decimal comma") : "");
        for (const ColumnProfile& column : profile_.columns)
            if (column.times) {
                out += " · " + time_ns_text(column.times->first_ns) + " – " +
                       time_ns_text(column.times->last_ns);
                break;
            }
        return out + "</p>\n";
    }

    std::string findings() const {
        std::string out = std::string("<h2>") + say("살펴볼 점", "What stands out") + "</h2>";
        if (profile_.findings.empty())
            return out + "<p>" + say("눈에 띄는 점이 없습니다.", "Nothing stands out.") + "</p>";
        out += "<ul class=\"findings\">";
        for (const Finding& finding : profile_.findings) {
            const bool warning = finding.severity == Severity::warning;
            out += std::string("<li class=\"") + (warning ? "warning" : "note") +
                   "\"><span class=\"mark\">" +
                   (warning ? say("주의", "warning") : say("참고", "note")) + "</span><b>" +
                   title_of(finding.kind, language_) + "</b>";
            if (!finding.columns.empty())
                out += "<code>" + escaped(columns_text(profile_, finding)) + "</code> ";
            if (finding.count > 0)
                out += std::string(finding.at_least ? "≥ " : "") + grouped(finding.count) +
                       say("건", "");
            if (!finding.detail.empty()) out += " · <code>" + escaped(finding.detail) + "</code>";
            const std::string places = places_text(finding, language_);
            if (!places.empty()) out += "<span class=\"lines\">" + places + "</span>";
            out +=
                "<span class=\"advice\">" + advice_of(finding.kind, language_) + "</span></li>\n";
        }
        return out + "</ul>\n";
    }

    std::string row(const char* name, const std::string& value) const {
        return std::string("<dt>") + name + "</dt><dd>" + value + "</dd>";
    }

    std::string card(const ColumnProfile& column) const {
        std::string out = "<article><h3>" + escaped(column.name) + "</h3><p>" +
                          type_text(column.type, language_) +
                          (column.unit.text.empty() ? "" : " · " + escaped(column.unit.text)) +
                          "</p>";
        std::string facts;
        if (column.numbers) {
            const NumberFacts& n = *column.numbers;
            out += histogram_picture(n, column.name + say(" 분포", ": distribution"));
            out += course_picture(column, column.name + say(" 추이", ": course over the rows"));
            facts = row(say("최소 – 최대", "min – max"),
                        number_text(n.least) + " – " + number_text(n.greatest)) +
                    row(say("평균 ± 표준편차", "mean ± deviation"),
                        number_text(n.mean) + " ± " + number_text(n.deviation)) +
                    row(say("5 % · 중앙값 · 95 %", "5 % · median · 95 %"),
                        number_text(n.quantiles[1]) + " · " + number_text(n.quantiles[3]) + " · " +
                            number_text(n.quantiles[5]));
        } else if (column.times) {
            const TimeFacts& t = *column.times;
            facts = row(say("처음", "first"), time_ns_text(t.first_ns)) +
                    row(say("마지막", "last"), time_ns_text(t.last_ns)) +
                    row(say("수집 간격", "interval"),
                        t.interval_ns == 0
                            ? "–"
                            : duration_ns_text(t.interval_ns) + " (" +
                                  number_text(std::floor(t.interval_share * 1000) / 10) + " %)") +
                    row(say("빈 구간", "gaps"), grouped(t.gaps)) +
                    row(say("가장 긴 간격", "longest step"), duration_ns_text(t.longest_ns));
        } else {
            out +=
                top_picture(column, profile_.rows, column.name + say(" 잦은 값", ": top values"));
        }
        facts += row(say("결측", "missing"), percent_text(column.missing, profile_.rows)) +
                 row(say("고유값", "distinct"),
                     (column.distinct_error > 0 ? "~" : "") + grouped(column.distinct));
        return out + "<dl>" + facts + "</dl></article>\n";
    }

    std::string columns() const {
        std::string out =
            std::string("<h2>") + say("열", "Columns") + "</h2><div class=\"columns\">";
        for (std::size_t i = 0; i < profile_.columns.size() && i < pictures_max; ++i)
            out += card(profile_.columns[i]);
        return out + "</div>\n";
    }

    // The columns that have no picture.
    std::string table() const {
        if (profile_.columns.size() <= pictures_max) return {};
        std::string out = "<table>";
        for (std::size_t i = pictures_max; i < profile_.columns.size(); ++i) {
            const ColumnProfile& column = profile_.columns[i];
            out += "<tr><td>" + escaped(column.name) + "</td><td>" +
                   type_text(column.type, language_) + "</td><td class=\"n\">" +
                   percent_text(column.missing, profile_.rows) + "</td><td class=\"n\">" +
                   grouped(column.distinct) + "</td></tr>\n";
        }
        return out + "</table>\n";
    }

    std::string footer() const {
        double rank = 0;
        double distinct = 0;
        for (const ColumnProfile& column : profile_.columns) {
            distinct = std::max(distinct, column.distinct_error);
            if (column.numbers) rank = std::max(rank, column.numbers->rank_error);
        }
        std::string out = say("줄 번호는 머리글을 포함해 1부터 셉니다.",
                              "Lines count from 1 and include the header.");
        if (distinct > 0)
            out += std::string(" ") +
                   say("~ 고유값은 추정이며 표준오차는 ",
                       "~ distinct values are estimated, standard error ") +
                   number_text(std::ceil(distinct * 1000) / 10) + " %.";
        if (rank > 0)
            out += std::string(" ") +
                   say("분위수의 순위 오차는 99 % 확률로 ",
                       "Quantiles are off in rank by less than, with 99 % probability, ") +
                   number_text(std::ceil(rank * 1000) / 10) + " %.";
        return out;
    }

    const Profile& profile_;
    Language language_;
    bool korean_;
};

}  // namespace

std::string profile_html(const Profile& profile, Language language) {
    return Page(profile, language).text();
}

}  // namespace jangbu::client
