#include "client/process/step.h"

#include <algorithm>
#include <chrono>

#include "client/profile/cell.h"

namespace jangbu::client {
namespace {

std::string zero_padded(i64 value, std::size_t width) {
    const std::string digits = std::to_string(value);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

}  // namespace

Result<std::unique_ptr<Step>> make_step(const PlanStep& plan, std::vector<std::string>& header,
                                        const StepContext& context) {
    switch (plan.kind) {
        case StepKind::order:
        case StepKind::dedupe:
        case StepKind::drop:
        case StepKind::split:
            return make_row_step(plan, header, context);
        case StepKind::gaps:
        case StepKind::resample:
            return make_time_step(plan, header, context);
        default:
            return make_cell_step(plan, header, context);
    }
}

Result<std::size_t> find_column(const std::vector<std::string>& header, const std::string& name) {
    const auto at = std::find(header.begin(), header.end(), name);
    if (at == header.end())
        return fail(ErrorCode::usage, "there is no column " + name + " at this step");
    return static_cast<std::size_t>(at - header.begin());
}

Result<std::vector<std::size_t>> find_columns(const std::vector<std::string>& header,
                                              const std::vector<PlanColumn>& columns) {
    std::vector<std::size_t> out;
    for (const PlanColumn& column : columns) out.push_back(TRY(find_column(header, column.name)));
    return out;
}

Status add_column(std::vector<std::string>& header, const std::string& name) {
    if (std::find(header.begin(), header.end(), name) != header.end())
        return fail(ErrorCode::usage, "there is a column " + name + " already");
    header.push_back(name);
    return {};
}

std::unexpected<Error> bad_cell(const TableRow& row, std::string_view column,
                                const std::string& what) {
    std::string where = "line " + std::to_string(row.line) + ", column ";
    where += column;
    return fail(ErrorCode::malformed, where + ": " + what);
}

bool is_missing(std::string_view cell, char decimal_sign) {
    return cell.empty() || read_cell(cell, {decimal_sign, false}).kind == CellKind::missing;
}

Result<RowTime> row_time(const TableRow& row, std::size_t column, std::string_view name) {
    const std::string& cell = row.cells[column];
    const auto time = read_time_text(cell, true);
    if (!time || (time->form != TimeForm::iso && time->form != TimeForm::date))
        return bad_cell(row, name, "no time as ISO 8601 writes it");
    return RowTime{time->ns, cell.ends_with('Z')};
}

std::string iso_text(i64 ns, bool zulu) {
    i64 days = ns / day_ns;
    if (ns < days * day_ns) --days;
    const i64 rest = ns - days * day_ns;
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days(static_cast<int>(days))}};
    std::string out = zero_padded(static_cast<int>(date.year()), 4);
    out += "-" + zero_padded(static_cast<unsigned>(date.month()), 2);
    out += "-" + zero_padded(static_cast<unsigned>(date.day()), 2);
    out += "T" + zero_padded(rest / (3'600 * second_ns), 2);
    out += ":" + zero_padded(rest / (60 * second_ns) % 60, 2);
    out += ":" + zero_padded(rest / second_ns % 60, 2);
    const i64 fraction = rest % second_ns;
    if (fraction % 1'000 != 0)
        out += "." + zero_padded(fraction, 9);
    else if (fraction % 1'000'000 != 0)
        out += "." + zero_padded(fraction / 1'000, 6);
    else
        out += "." + zero_padded(fraction / 1'000'000, 3);
    if (zulu) out.push_back('Z');
    return out;
}

}  // namespace jangbu::client
