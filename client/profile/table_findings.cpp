// What columns and rows show together.
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "client/profile/number_text.h"
#include "client/profile/table_watch.h"

namespace jangbu::client {
namespace {

constexpr std::size_t paired_columns_max = 256;
constexpr std::size_t pairs_min = 30;
constexpr double copy_correlation_min = 0.9999;
constexpr double leak_correlation_min = 0.98;
constexpr std::size_t sets_shown_max = 8;

Finding about(FindingKind kind, Severity severity, std::vector<u32> columns = {}) {
    Finding out;
    out.kind = kind;
    out.severity = severity;
    out.columns = std::move(columns);
    return out;
}

bool is_numeric(const ColumnProfile& column) {
    return column.type == ColumnType::integer || column.type == ColumnType::real;
}

// The line y = slope x + offset through the sampled rows where both are numbers.
struct Fit {
    std::size_t rows = 0;
    double correlation = 0;
    double slope = 0;
    double offset = 0;
    double worst = 0;  // greatest miss, as a share of the range of y
};

Fit fit(const RowSample& sample, std::size_t x, std::size_t y) {
    Fit out;
    double mean_x = 0;
    double mean_y = 0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (std::size_t row = 0; row < sample.rows(); ++row) {
        const double a = sample.at(row, x).number;
        const double b = sample.at(row, y).number;
        if (std::isnan(a) || std::isnan(b)) continue;
        ++out.rows;
        const double n = static_cast<double>(out.rows);
        const double from_x = a - mean_x;
        const double from_y = b - mean_y;
        mean_x += from_x / n;
        mean_y += from_y / n;
        xx += from_x * (a - mean_x);
        yy += from_y * (b - mean_y);
        xy += from_x * (b - mean_y);
    }
    if (xx <= 0 || yy <= 0) return out;
    out.correlation = xy / std::sqrt(xx * yy);
    out.slope = xy / xx;
    out.offset = mean_y - out.slope * mean_x;
    return out;
}

double worst_miss(const RowSample& sample, std::size_t x, std::size_t y, const Fit& line) {
    double least = INFINITY;
    double greatest = -INFINITY;
    double worst = 0;
    for (std::size_t row = 0; row < sample.rows(); ++row) {
        const double a = sample.at(row, x).number;
        const double b = sample.at(row, y).number;
        if (std::isnan(a) || std::isnan(b)) continue;
        least = std::min(least, b);
        greatest = std::max(greatest, b);
        worst = std::max(worst, std::abs(b - line.slope * a - line.offset));
    }
    return greatest > least ? worst / (greatest - least) : 0;
}

// Whether each value of `from` goes with one value of `to` only, in the sample.
bool determines(const RowSample& sample, std::size_t from, std::size_t to) {
    std::map<u64, u64> seen;
    std::map<u64, std::size_t> outcomes;
    std::size_t rows = 0;
    for (std::size_t row = 0; row < sample.rows(); ++row) {
        const u64 a = sample.at(row, from).hash;
        const u64 b = sample.at(row, to).hash;
        if (a == 0 || b == 0) continue;
        ++rows;
        ++outcomes[b];
        const auto [place, fresh] = seen.emplace(a, b);
        if (!fresh && place->second != b) return false;
    }
    // With a value in nearly every row alone, anything is determined.
    return rows >= pairs_min && outcomes.size() > 1 && seen.size() * 5 <= rows;
}

}  // namespace

void TableWatch::judge_names(const Profile& profile, std::vector<Finding>& findings) const {
    std::map<std::string, std::vector<u32>> by_name;
    std::vector<u32> unnamed;
    for (std::size_t i = 0; i < dialect_.names.size(); ++i) {
        if (dialect_.names[i].empty())
            unnamed.push_back(static_cast<u32>(i));
        else
            by_name[dialect_.names[i]].push_back(static_cast<u32>(i));
    }
    if (!profile.has_header) {
        findings.push_back(about(FindingKind::no_header, Severity::warning));
    } else if (!unnamed.empty()) {
        findings.push_back(about(FindingKind::empty_name, Severity::warning, unnamed));
    }
    for (auto& [name, columns] : by_name)
        if (columns.size() > 1) {
            Finding same = about(FindingKind::duplicate_name, Severity::warning, columns);
            same.detail = name;
            findings.push_back(std::move(same));
        }
    if (profile.preamble_lines > 0) {
        Finding before = about(FindingKind::preamble, Severity::note);
        before.count = profile.preamble_lines;
        before.places.push_back({1, profile.header_line - 1});
        findings.push_back(std::move(before));
    }
}

void TableWatch::judge_rows(const Profile& profile, std::vector<Finding>& findings) const {
    const auto add = [&](FindingKind kind, Severity severity, const SignalWatch::Places& places,
                         bool at_least) {
        if (places.count == 0) return;
        Finding finding = about(kind, severity);
        finding.count = places.count;
        finding.places = places.places;
        finding.at_least = at_least;
        findings.push_back(std::move(finding));
    };
    add(FindingKind::ragged_rows, Severity::warning, ragged_, false);
    add(FindingKind::repeated_rows, Severity::warning, repeated_.repeated(), !repeated_.is_exact());
    if (profile.blank_lines > 0) {
        Finding blank = about(FindingKind::blank_lines, Severity::note);
        blank.count = profile.blank_lines;
        findings.push_back(std::move(blank));
    }
    std::vector<MissingTogether::Set> sets = together_.sets();
    std::sort(sets.begin(), sets.end(), [](const auto& a, const auto& b) {
        return std::tie(b.rows, a.columns) < std::tie(a.rows, b.columns);
    });
    std::size_t shown = 0;
    for (MissingTogether::Set& set : sets) {
        u64 least = profile.rows;
        std::erase_if(set.columns, [&](u32 column) {
            return profile.columns[column].type == ColumnType::empty;
        });
        for (const u32 column : set.columns)
            least = std::min(least, profile.columns[column].missing);
        if (set.columns.size() < 2 || set.rows < 3 || set.rows * 2 < least) continue;
        if (++shown > sets_shown_max) break;
        Finding together = about(FindingKind::drop_out_together, Severity::warning, set.columns);
        together.count = set.rows;
        together.at_least = !together_.is_exact();
        together.places = set.episodes.places;
        findings.push_back(std::move(together));
    }
}

// Where most of three or more columns' stretches lie over each other, the machine stood, not a
// sensor.
void TableWatch::judge_stuck(const Profile& profile, std::vector<Finding>& findings) const {
    struct Stretch {
        u32 column;
        Place place;
    };
    std::vector<Stretch> all;
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (is_numeric(profile.columns[i]))
            for (const Place& place : columns_[i].stuck())
                all.push_back({static_cast<u32>(i), place});
    const auto beside = [](const Place& a, const Place& b) {
        const u64 from = std::max(a.first_line, b.first_line);
        const u64 to = std::min(a.last_line, b.last_line);
        const u64 longer = std::max(a.last_line - a.first_line, b.last_line - b.first_line) + 1;
        return to >= from && (to - from + 1) * 2 > longer;
    };
    Finding together = about(FindingKind::standstill, Severity::note);
    std::map<u32, Finding> alone;
    for (const Stretch& one : all) {
        std::size_t others = 0;
        for (const Stretch& other : all)
            if (other.column != one.column && beside(one.place, other.place)) ++others;
        Finding& finding = others >= 2 ? together : alone[one.column];
        if (others >= 2) {
            if (std::find(together.columns.begin(), together.columns.end(), one.column) ==
                together.columns.end())
                together.columns.push_back(one.column);
            // Told once, by the first of its columns.
            const bool known =
                std::any_of(together.places.begin(), together.places.end(),
                            [&](const Place& place) { return beside(place, one.place); });
            if (known) continue;
        } else {
            finding.columns = {one.column};
            finding.kind = FindingKind::stuck_value;
        }
        ++finding.count;
        finding.places.push_back(one.place);
    }
    const auto add = [&](Finding finding) {
        if (finding.count == 0) return;
        std::sort(finding.places.begin(), finding.places.end(),
                  [](const Place& a, const Place& b) { return a.first_line < b.first_line; });
        if (finding.places.size() > Finding::places_max) finding.places.resize(Finding::places_max);
        findings.push_back(std::move(finding));
    };
    add(std::move(together));
    for (auto& [column, finding] : alone) add(std::move(finding));
}

void TableWatch::judge_copies(const Profile& profile, std::vector<Finding>& findings) const {
    std::map<u64, std::vector<u32>> equal;
    if (rows_ < 2) return;
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (profile.columns[i].distinct > 1)
            equal[columns_[i].whole()].push_back(static_cast<u32>(i));
    std::vector<Finding> found;
    for (auto& [hash, columns] : equal)
        if (columns.size() > 1)
            found.push_back(about(FindingKind::duplicate_column, Severity::warning, columns));
    std::sort(found.begin(), found.end(),
              [](const Finding& a, const Finding& b) { return a.columns < b.columns; });
    findings.insert(findings.end(), found.begin(), found.end());
}

void TableWatch::judge_pairs(const Profile& profile, std::vector<Finding>& findings) const {
    const std::size_t columns = std::min(columns_.size(), paired_columns_max);
    std::vector<bool> known(columns);
    for (std::size_t x = 0; x < columns; ++x)
        for (std::size_t y = x + 1; y < columns; ++y) {
            if (known[x] || known[y])
                continue;  // a copy is told once, beside the first of its likes
            if (!is_numeric(profile.columns[x]) || !is_numeric(profile.columns[y])) continue;
            if (profile.columns[x].distinct < 5 || profile.columns[y].distinct < 5) continue;
            if (columns_[x].whole() == columns_[y].whole()) continue;
            const Fit line = fit(sample_, x, y);
            if (line.rows < pairs_min || std::abs(line.correlation) < copy_correlation_min)
                continue;
            // Rounding may part them a little, noise would part them more.
            if (worst_miss(sample_, x, y, line) > 0.01) continue;
            Finding copy = about(FindingKind::linear_copy, Severity::note,
                                 {static_cast<u32>(x), static_cast<u32>(y)});
            copy.detail = profile.columns[y].name + " ≈ " + number_text(line.slope) + " × " +
                          profile.columns[x].name + " + " + number_text(line.offset);
            known[y] = true;
            findings.push_back(std::move(copy));
        }
}

void TableWatch::judge_leaks(const Profile& profile, std::vector<Finding>& findings) const {
    const std::size_t columns = std::min(columns_.size(), paired_columns_max);
    for (std::size_t target = 0; target < columns; ++target) {
        if (!name_speaks_of_outcome(profile.columns[target].name)) continue;
        if (profile.columns[target].distinct < 2) continue;
        for (std::size_t other = 0; other < columns; ++other) {
            if (other == target || profile.columns[other].distinct < 2) continue;
            const std::vector<u32> pair{static_cast<u32>(other), static_cast<u32>(target)};
            const Fit line = fit(sample_, other, target);
            if (line.rows >= pairs_min && std::abs(line.correlation) >= leak_correlation_min) {
                Finding leak = about(FindingKind::leakage_correlation, Severity::warning, pair);
                leak.detail = "r = " + number_text(line.correlation);
                findings.push_back(std::move(leak));
            } else if (determines(sample_, other, target)) {
                findings.push_back(about(FindingKind::leakage_mapping, Severity::warning, pair));
            }
        }
    }
}

}  // namespace jangbu::client
