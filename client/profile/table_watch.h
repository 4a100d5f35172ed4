// TableWatch: the columns and rows of one table while it is read, and what they show together.
//
// Fed by CsvReader; finish() gives columns and findings. Threads: one. Memory: that of its columns
// (column.h: Budget) and of row_watch.h.
#pragma once

#include "client/profile/column.h"
#include "client/profile/csv_reader.h"
#include "client/profile/dialect.h"
#include "client/profile/row_watch.h"

namespace jangbu::client {

class TableWatch {
public:
    explicit TableWatch(const Dialect& dialect);

    // The sink refers to this object.
    CsvSink sink() { return {this, on_field, on_row}; }
    u64 rows() const { return rows_; }
    // Fills rows, columns and findings.
    void finish(Profile& profile);

private:
    static void on_field(void* self, std::string_view text, u64 line);
    static void on_row(void* self, const CsvRow& row);
    void end_row(const CsvRow& row);

    void judge_names(const Profile& profile, std::vector<Finding>& findings) const;
    void judge_rows(const Profile& profile, std::vector<Finding>& findings) const;
    void judge_stuck(const Profile& profile, std::vector<Finding>& findings) const;
    void judge_copies(const Profile& profile, std::vector<Finding>& findings) const;
    void judge_pairs(const Profile& profile, std::vector<Finding>& findings) const;
    void judge_leaks(const Profile& profile, std::vector<Finding>& findings) const;

    const Dialect& dialect_;
    std::vector<Column> columns_;
    u64 rows_to_skip_;
    u64 rows_ = 0;
    std::size_t at_ = 0;  // the column of the next field
    u64 row_hash_ = 0;
    std::vector<u32> missing_;
    SignalWatch::Places ragged_;
    MissingTogether together_;
    RepeatedRows repeated_;
    RowSample sample_;
};

}  // namespace jangbu::client
