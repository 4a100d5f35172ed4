#include <nlohmann/json.hpp>

#include "client/profile/number_text.h"
#include "client/profile/profile_view.h"

namespace jangbu::client {
namespace {

using Ordered = nlohmann::ordered_json;

Ordered top_json(const std::vector<TopValue>& values) {
    Ordered out = Ordered::array();
    for (const TopValue& value : values)
        out.push_back({{"value", value.text}, {"count", value.count}});
    return out;
}

Ordered numbers_json(const NumberFacts& numbers) {
    Ordered quantiles = Ordered::object();
    for (std::size_t i = 0; i < numbers.quantiles.size(); ++i)
        quantiles[number_text(NumberFacts::ranks[i])] = numbers.quantiles[i];
    return {{"count", numbers.count},
            {"min", numbers.least},
            {"min_line", numbers.least_line},
            {"max", numbers.greatest},
            {"max_line", numbers.greatest_line},
            {"mean", numbers.mean},
            {"standard_deviation", numbers.deviation},
            {"quantiles", quantiles},
            {"quantile_rank_error", numbers.rank_error},
            {"histogram",
             {{"start", numbers.histogram.start},
              {"bin_width", numbers.histogram.width},
              {"counts", numbers.histogram.counts}}}};
}

Ordered times_json(const TimeFacts& times) {
    return {{"first", time_ns_text(times.first_ns)},
            {"last", time_ns_text(times.last_ns)},
            {"first_ns", std::to_string(times.first_ns)},
            {"last_ns", std::to_string(times.last_ns)},
            {"steps", times.steps},
            {"backwards", times.backwards},
            {"equal", times.equal},
            {"interval_ns", times.interval_ns},
            {"interval_share", times.interval_share},
            {"median_step_ns", times.median_ns},
            {"gaps", times.gaps},
            {"longest_step_ns", times.longest_ns}};
}

Ordered column_json(const ColumnProfile& column) {
    Ordered out{{"name", column.name},
                {"unit", column.unit.text.empty() ? Ordered() : Ordered(column.unit.text)},
                {"type", to_string(column.type)},
                {"missing", column.missing},
                {"missing_words", top_json(column.missing_words)},
                {"distinct", column.distinct},
                {"distinct_relative_error", column.distinct_error},
                {"of_other_type", column.stray},
                {"top_values", top_json(column.top)},
                {"top_values_count_error", column.top_error}};
    if (column.numbers) out["numbers"] = numbers_json(*column.numbers);
    if (column.times) out["times"] = times_json(*column.times);
    if (!column.course.empty()) {
        Ordered means = Ordered::array();
        for (const Course::Point& point : column.course)
            means.push_back(point.count == 0
                                ? Ordered()
                                : Ordered(point.sum / static_cast<double>(point.count)));
        out["course"] = means;
    }
    return out;
}

Ordered finding_json(const Profile& profile, const Finding& finding) {
    Ordered columns = Ordered::array();
    for (const u32 column : finding.columns) columns.push_back(profile.columns[column].name);
    Ordered places = Ordered::array();
    for (const Place& place : finding.places) places.push_back({place.first_line, place.last_line});
    return {{"kind", name_of(finding.kind)},
            {"severity", finding.severity == Severity::warning ? "warning" : "note"},
            {"columns", columns},
            {"column_indexes", finding.columns},
            {"count", finding.count},
            {"at_least", finding.at_least},
            {"lines", places},
            {"detail", finding.detail}};
}

}  // namespace

nlohmann::ordered_json profile_json(const Profile& profile) {
    Ordered columns = Ordered::array();
    for (const ColumnProfile& column : profile.columns) columns.push_back(column_json(column));
    Ordered findings = Ordered::array();
    for (const Finding& finding : profile.findings)
        findings.push_back(finding_json(profile, finding));
    return {{"schema", "jangbu-profile/1"},
            {"file", profile.file},
            {"bytes", std::to_string(profile.bytes)},
            {"encoding", to_string(profile.encoding)},
            {"delimiter", std::string(1, profile.delimiter)},
            {"decimal", std::string(1, profile.decimal)},
            {"header", profile.has_header},
            {"header_line", profile.header_line},
            {"preamble_lines", profile.preamble_lines},
            {"units_row", profile.has_units_row},
            {"rows", profile.rows},
            {"ragged_rows", profile.ragged_rows},
            {"blank_lines", profile.blank_lines},
            {"columns", columns},
            {"findings", findings}};
}

}  // namespace jangbu::client
