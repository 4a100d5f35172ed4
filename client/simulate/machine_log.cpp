#include "client/simulate/machine_log.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace jangbu::client {

std::string LogForm::header() const {
    std::string out = "time";
    for (const LogColumn& column : columns) {
        out.push_back(',');
        out += column.name;
    }
    return out + ",source";
}

std::string LogForm::names(const std::vector<std::size_t>& of) const {
    std::string out;
    for (const std::size_t column : of) {
        if (!out.empty()) out.push_back(',');
        out += columns[column].name;
    }
    return out;
}

void FaultBook::note(std::string kind, std::string column, u64 first_row, u64 rows) {
    faults_.push_back({std::move(kind), std::move(column), first_row, first_row + rows - 1});
}

void FaultBook::mark(std::string_view kind, std::string_view column, bool active, u64 row) {
    const auto open = std::find_if(active_.begin(), active_.end(),
                                   [&](std::size_t index) { return faults_[index].kind == kind; });
    if (active && open == active_.end()) {
        active_.push_back(faults_.size());
        faults_.push_back({std::string(kind), std::string(column), row, row});
    } else if (!active && open != active_.end()) {
        faults_[*open].last_row = row - 1;
        active_.erase(open);
    }
}

std::vector<PlantedFault> FaultBook::finish(u64 last_row) {
    for (const std::size_t index : active_) faults_[index].last_row = last_row;
    for (PlantedFault& fault : faults_) fault.last_row = std::min(fault.last_row, last_row);
    std::sort(faults_.begin(), faults_.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first_row, a.kind) < std::tie(b.first_row, b.kind);
    });
    return std::exchange(faults_, {});
}

void DataLogger::append(std::string& out, LogRow row, u64 file_row, bool last) {
    plan(file_row, last);
    spoil(row);
    std::string line = text(row);
    if (dropout_left_ > 0) --dropout_left_;
    if (held_.empty() && swap_) {  // this row comes after the next one
        held_ = std::move(line);
        swap_ = false;
        return;
    }
    out += line;
    out += held_;
    held_.clear();
    if (repeat_) out += line;
    repeat_ = false;
}

void DataLogger::flush(std::string& out) {
    out += std::exchange(held_, {});
}

bool DataLogger::starts(i64& left, const FaultRate& rate) {
    if (left > 0 || !generator_.one_in(rate.one_in)) return false;
    left = rate.rows_min + generator_.below(rate.rows_span);
    return true;
}

void DataLogger::plan(u64 file_row, bool last) {
    const LoggerFaults& faults = form_.faults;
    const auto note = [&](const char* kind, std::string column, i64 rows) {
        book_.note(kind, std::move(column), file_row, static_cast<u64>(rows));
    };
    if (starts(dropout_left_, faults.dropout_rate))
        note("dropout", form_.names(faults.dropout), dropout_left_);
    if (starts(stuck_left_, faults.stuck_rate))
        note("stuck", form_.names({faults.stuck}), stuck_left_);
    if (starts(unit_shift_left_, faults.unit_shift_rate))
        note("unit_shift", form_.names({faults.unit_shift}), unit_shift_left_);
    if (generator_.one_in(15'000)) {
        spike_ = true;
        note("spike", form_.names({faults.spike}), 1);
    }
    if (generator_.one_in(60'000)) {
        gap_us_ += static_cast<u64>(2'000 + generator_.below(600'000)) * 1'000;
        note("time_gap", "time", 1);
    }
    if (generator_.one_in(25'000) && !last) {
        repeat_ = true;
        ++repeated_;
        note("repeated_row", "", 2);
    }
    // A row that is repeated, or that follows one held back, stays in its place: rows would be lost
    // at the end of the file, or the label would name another row.
    if (generator_.one_in(35'000) && !repeat_ && !last && held_.empty()) {
        swap_ = true;
        note("out_of_order", "time", 2);
    }
}

void DataLogger::spoil(LogRow& row) {
    const LoggerFaults& faults = form_.faults;
    row.time_us += gap_us_;
    i64& stuck = row.cells[faults.stuck].number;
    if (stuck_left_ > 0) {
        --stuck_left_;
        stuck = stuck_value_;
    } else {
        stuck_value_ = stuck;
    }
    if (unit_shift_left_ > 0) {
        --unit_shift_left_;
        i64& value = row.cells[faults.unit_shift].number;
        value = faults.shifted(value);
    }
    if (spike_) row.cells[faults.spike].number *= 9;
    spike_ = false;
    if (dropout_left_ > 0)
        for (const std::size_t column : faults.dropout) row.cells[column].absent = true;
}

std::string DataLogger::text(const LogRow& row) const {
    std::string line;
    line.reserve(192);
    append_time(line, row.time_us, form_.time_decimals);
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        line.push_back(',');
        const LogCell& cell = row.cells[i];
        const LogColumn& column = form_.columns[i];
        if (cell.absent) continue;
        if (column.kept == word)
            line += cell.text;
        else
            append_fixed(line, cell.number, column.kept, column.shown);
    }
    line += ",simulated\n";
    return line;
}

}  // namespace jangbu::client
