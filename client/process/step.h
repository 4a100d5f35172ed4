// A step of a running plan: takes rows, hands rows on.
//
// The chain is built once the header is known; a step may change the header for those after it.
// Cells are owned by their row. Threads: one. Errors: malformed, with the line of the row and the
// column.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "client/process/plan.h"

namespace jangbu::client {

struct TableRow {
    std::vector<std::string> cells;
    u64 line = 0;  // of the input
    u32 part = 0;  // where a split sends it
};

// Where rows go: the next step, or the files.
class RowSink {
public:
    virtual ~RowSink() = default;
    virtual Status take(TableRow row) = 0;
    virtual Status finish() = 0;
};

struct StepCounts {
    u64 rows_in = 0;
    u64 rows_out = 0;
    u64 cells_changed = 0;
};

class Step : public RowSink {
public:
    void connect(RowSink& next) { next_ = &next; }
    const StepCounts& counts() const { return counts_; }
    Status take(TableRow row) final {
        ++counts_.rows_in;
        return work(std::move(row));
    }
    Status finish() final {
        TRY(end());
        return next_->finish();
    }

protected:
    virtual Status work(TableRow row) = 0;
    // What is still held back.
    virtual Status end() { return {}; }
    Status pass(TableRow row) {
        ++counts_.rows_out;
        return next_->take(std::move(row));
    }
    void changed() { ++counts_.cells_changed; }

private:
    RowSink* next_ = nullptr;
    StepCounts counts_;
};

// What all steps are made from.
struct StepContext {
    char decimal_sign = '.';
    ByteView key;  // of pseudonyms; empty = none
};

// Makes the step and changes the header as the step does. Errors: usage (a column that is not
// there, a name taken, a key missing).
Result<std::unique_ptr<Step>> make_step(const PlanStep& plan, std::vector<std::string>& header,
                                        const StepContext& context);

// The makers of the families of steps, by file.
Result<std::unique_ptr<Step>> make_row_step(const PlanStep&, std::vector<std::string>& header,
                                            const StepContext&);
Result<std::unique_ptr<Step>> make_cell_step(const PlanStep&, std::vector<std::string>& header,
                                             const StepContext&);
Result<std::unique_ptr<Step>> make_time_step(const PlanStep&, std::vector<std::string>& header,
                                             const StepContext&);

// Shared by the families.
Result<std::size_t> find_column(const std::vector<std::string>& header, const std::string& name);
Result<std::vector<std::size_t>> find_columns(const std::vector<std::string>& header,
                                              const std::vector<PlanColumn>& columns);
Status add_column(std::vector<std::string>& header, const std::string& name);
std::unexpected<Error> bad_cell(const TableRow& row, std::string_view column,
                                const std::string& what);
bool is_missing(std::string_view cell, char decimal_sign);
// ns of an ISO time; with the form in which to write others beside it.
struct RowTime {
    i64 ns = 0;
    bool zulu = false;  // ends with Z
};
Result<RowTime> row_time(const TableRow& row, std::size_t column, std::string_view name);
// 2026-01-05T14:05:07.100, with as many decimals as it needs (3, 6 or 9), and Z if so.
std::string iso_text(i64 ns, bool zulu);

}  // namespace jangbu::client
