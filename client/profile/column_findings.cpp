// What one column tells a person.
#include <cmath>

#include "client/plain_text.h"
#include "client/profile/column.h"
#include "client/profile/number_text.h"

namespace jangbu::client {
namespace {

Finding about_column(FindingKind kind, u32 index, Severity severity = Severity::warning) {
    Finding out;
    out.kind = kind;
    out.severity = severity;
    out.columns = {index};
    return out;
}

void add_places(std::vector<Finding>& findings, Finding finding,
                const SignalWatch::Places& places) {
    if (places.count == 0) return;
    finding.count = places.count;
    finding.places = places.places;
    findings.push_back(std::move(finding));
}

}  // namespace

void Column::judge(const ColumnProfile& column, u64 rows, u32 index,
                   std::vector<Finding>& findings) {
    const u64 present = rows - column.missing;
    if (present == 0) {
        findings.push_back(about_column(FindingKind::empty_column, index));
        return;
    }
    if (column.distinct == 1 && counts_.is_exact() && rows > 1) {
        Finding constant = about_column(FindingKind::constant_column, index, Severity::note);
        constant.count = present;
        constant.detail = std::string(counts_.entries().front().shown());
        findings.push_back(std::move(constant));
    }
    if (column.missing * 5 > rows) {
        Finding often = about_column(FindingKind::missing_often, index);
        often.count = column.missing;
        often.detail = percent_text(column.missing, rows);
        findings.push_back(std::move(often));
    }
    if (!column.missing_words.empty()) {
        Finding words = about_column(FindingKind::missing_words, index, Severity::note);
        for (const TopValue& word : column.missing_words) {
            words.count += word.count;
            words.detail += (words.detail.empty() ? "" : ", ") + word.text;
        }
        findings.push_back(std::move(words));
    }
    if (column.stray > 0) {
        Finding mixed = about_column(FindingKind::mixed_type, index);
        mixed.count = column.stray;
        for (std::size_t kind = 1; kind < cell_kinds; ++kind) {
            const auto k = static_cast<CellKind>(kind);
            const bool fits = column.type == ColumnType::time ? k == CellKind::time
                              : column.type == ColumnType::boolean
                                  ? k == CellKind::boolean
                                  : k == CellKind::integer || k == CellKind::real;
            if (fits) continue;
            for (const Place& place : first_places_[kind].places)
                if (mixed.places.size() < Finding::places_max) mixed.places.push_back(place);
        }
        findings.push_back(std::move(mixed));
    }
    if (column.times && times_) {
        Finding gap = about_column(FindingKind::time_gap, index);
        gap.detail = duration_ns_text(column.times->longest_ns);
        add_places(findings, std::move(gap), times_->gaps());
        add_places(findings, about_column(FindingKind::time_disorder, index), times_->backwards());
        if (column.times->equal * 2 < column.times->steps)
            add_places(findings, about_column(FindingKind::time_repeats, index, Severity::note),
                       times_->equal());
        if (!times_->is_regular()) {
            Finding irregular =
                about_column(FindingKind::irregular_sampling, index, Severity::note);
            irregular.count = column.times->steps;
            irregular.detail = duration_ns_text(column.times->median_ns);
            findings.push_back(std::move(irregular));
        }
    }
    if (!column.numbers || !watch_) return;
    if (rows >= 10 && watch_->counts_rows() && column.missing == 0)
        findings.push_back(about_column(FindingKind::row_number, index, Severity::note));
    add_places(findings, about_column(FindingKind::spike, index), watch_->spikes());
    Finding shift = about_column(FindingKind::unit_shift, index);
    shift.detail = watch_->unit_shift_detail();
    add_places(findings, std::move(shift), watch_->unit_shifts());

    // Tukey's far fences, of a signal that has a middle half.
    const NumberFacts& numbers = *column.numbers;
    const double low = numbers.quantiles[2];
    const double high = numbers.quantiles[4];
    const double fence = 3 * (high - low);
    if (fence > 0 && numbers.count >= 20 && column.distinct > 10) {
        const bool above = numbers.greatest > high + fence;
        const bool below = numbers.least < low - fence;
        if (above || below) {
            Finding far = about_column(FindingKind::outlier, index, Severity::note);
            for (std::size_t i = 0; i < numbers.histogram.counts.size(); ++i) {
                const double start =
                    numbers.histogram.start + static_cast<double>(i) * numbers.histogram.width;
                if (start >= high + fence || start + numbers.histogram.width <= low - fence)
                    far.count += numbers.histogram.counts[i];
            }
            // Bins that the fence cuts are not counted.
            far.at_least = true;
            far.count = std::max<u64>(far.count, (above ? 1u : 0u) + (below ? 1u : 0u));
            // A second way of running is no outlier.
            if (far.count * 100 > numbers.count) return;
            if (below) far.places.push_back({numbers.least_line, numbers.least_line});
            if (above) far.places.push_back({numbers.greatest_line, numbers.greatest_line});
            far.detail = number_text(below ? numbers.least : numbers.greatest);
            if (below && above) far.detail += ", " + number_text(numbers.greatest);
            findings.push_back(std::move(far));
        }
    }
}

}  // namespace jangbu::client
