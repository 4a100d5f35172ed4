#include "client/profile/table_watch.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <tuple>

namespace jangbu::client {

TableWatch::TableWatch(const Dialect& dialect)
    : dialect_(dialect), rows_to_skip_(dialect.rows_before_data), sample_(dialect.names.size()) {
    const Budget budget = Budget::of(dialect.names.size());
    columns_.reserve(dialect.names.size());
    for (std::size_t i = 0; i < dialect.names.size(); ++i) {
        std::string name = dialect.names[i];
        if (name.empty()) name = "column_" + std::to_string(i + 1);
        columns_.emplace_back(std::move(name), dialect.units[i], dialect.decimal, budget);
    }
}

void TableWatch::on_field(void* self, std::string_view text, u64 line) {
    TableWatch& table = *static_cast<TableWatch*>(self);
    if (table.rows_to_skip_ > 0 || table.at_ >= table.columns_.size()) return;
    Column& column = table.columns_[table.at_];
    column.put(text, table.rows_, line);
    if (column.is_missing()) table.missing_.push_back(static_cast<u32>(table.at_));
    table.row_hash_ = std::rotl(table.row_hash_ ^ column.hash(), 29) * 0x9E3779B97F4A7C15ull;
    ++table.at_;
}

void TableWatch::on_row(void* self, const CsvRow& row) {
    TableWatch& table = *static_cast<TableWatch*>(self);
    if (table.rows_to_skip_ > 0)
        --table.rows_to_skip_;
    else
        table.end_row(row);
    table.at_ = 0;
    table.row_hash_ = 0;
    table.missing_.clear();
}

void TableWatch::end_row(const CsvRow& row) {
    if (row.fields != columns_.size()) ragged_.note({row.line, row.line});
    const bool is_short = at_ < columns_.size();
    while (at_ < columns_.size()) on_field(this, {}, row.line);
    if (!is_short) together_.add(missing_, row.line);
    repeated_.add(row_hash_, row.line);
    if (sample_.wants(rows_)) {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        for (const Column& column : columns_) {
            const Cell& cell = column.cell();
            const bool number = cell.kind == CellKind::integer || cell.kind == CellKind::real ||
                                cell.kind == CellKind::boolean;
            sample_.add({number ? cell.number : none, column.is_missing() ? 0 : column.hash()});
        }
        sample_.end_row();
    }
    ++rows_;
}

void TableWatch::finish(Profile& profile) {
    profile.rows = rows_;
    profile.ragged_rows = ragged_.count;
    together_.finish();
    repeated_.finish();
    std::vector<Finding>& findings = profile.findings;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        profile.columns.push_back(columns_[i].finish(rows_, static_cast<u32>(i), findings));
        if (!profile.columns.back().course.empty())
            profile.rows_per_point = std::max(profile.rows_per_point, columns_[i].rows_per_point());
    }
    judge_names(profile, findings);
    judge_rows(profile, findings);
    judge_stuck(profile, findings);
    judge_copies(profile, findings);
    judge_pairs(profile, findings);
    judge_leaks(profile, findings);
    std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(b.severity, a.kind, a.columns, a.detail, a.count) <
               std::tie(a.severity, b.kind, b.columns, b.detail, b.count);
    });
}

}  // namespace jangbu::client
