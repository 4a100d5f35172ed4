// From the true state of a machine to the rows of its log, with what a data logger does wrong in
// between.
//
// A machine gives one LogRow after another and marks its own faults in a FaultBook; the DataLogger
// adds dropouts, stuck and spiking sensors, a shift of units, time gaps, repeated rows and rows out
// of order. It keeps its own generator, so its faults never change physics. Threads: one.
#pragma once

#include "client/simulate/fixed_point.h"
#include "client/simulate/simulation.h"

namespace jangbu::client {

inline constexpr int word = -1;
struct LogColumn {
    std::string_view name;
    int kept = 0;   // decimals of the number; `word` for texts
    int shown = 0;  // of those, how many the log has
};

struct LogCell {
    i64 number = 0;
    std::string_view text;
    bool absent = false;
};
struct LogRow {
    u64 time_us = 0;
    std::vector<LogCell> cells;  // one for each column
};

// How often, in rows, and for how many rows.
struct FaultRate {
    i64 one_in = 0;
    i64 rows_min = 1;
    i64 rows_span = 1;
};

// Which columns the logger spoils; indices into LogForm::columns.
struct LoggerFaults {
    std::vector<std::size_t> dropout;
    std::size_t stuck = 0;
    std::size_t unit_shift = 0;
    i64 (*shifted)(i64 value) = nullptr;  // the value in the other unit
    std::size_t spike = 0;
    FaultRate dropout_rate{30'000, 20, 400};
    FaultRate stuck_rate{45'000, 100, 900};
    FaultRate unit_shift_rate{120'000, 500, 3'000};
};

struct LogForm {
    std::vector<LogColumn> columns;  // between `time` and `source`
    int time_decimals = 3;
    LoggerFaults faults;
    std::string header() const;  // without newline
    std::string names(const std::vector<std::size_t>& of) const;
};

class FaultBook {
public:
    void note(std::string kind, std::string column, u64 first_row, u64 rows);
    // Called for every row: a fault of this kind begins where it becomes active, and ends before
    // the row where it is not.
    void mark(std::string_view kind, std::string_view column, bool active, u64 row);
    // In order of their first rows; what is still active ends with the last row.
    std::vector<PlantedFault> finish(u64 last_row);

private:
    std::vector<PlantedFault> faults_;
    std::vector<std::size_t> active_;
};

class DataLogger {
public:
    DataLogger(u64 seed, const LogForm& form, FaultBook& book)
        : generator_(seed ^ 0x6C6F67676572), form_(form), book_(book) {}

    // `last`: the file has room for this row and no other.
    void append(std::string& out, LogRow row, u64 file_row, bool last);
    // A row that waited for the next one, at the end of the file.
    void flush(std::string& out);
    // Rows in the file beyond those of the machine.
    u64 repeated() const { return repeated_; }

private:
    void plan(u64 file_row, bool last);
    bool starts(i64& left, const FaultRate& rate);
    void spoil(LogRow& row);
    std::string text(const LogRow& row) const;

    Generator generator_;
    const LogForm& form_;
    FaultBook& book_;
    i64 dropout_left_ = 0;
    i64 stuck_left_ = 0;
    i64 stuck_value_ = 0;
    i64 unit_shift_left_ = 0;
    bool spike_ = false;
    bool repeat_ = false;
    bool swap_ = false;
    u64 gap_us_ = 0;
    u64 repeated_ = 0;
    std::string held_;
};

// machine.advance(row, book, file_row) fills the next row.
template <class Machine>
std::vector<PlantedFault> write_log(const LogForm& form, const SimulationOptions& options,
                                    const SimulationSink& sink) {
    constexpr std::size_t piece_bytes = 256 << 10;
    FaultBook book;
    Machine machine(options);
    DataLogger logger(options.seed, form, book);
    LogRow row;
    row.cells.resize(form.columns.size());
    std::string out = form.header() + "\n";
    // A repeated row counts: the file has exactly options.rows rows after its header.
    for (u64 made = 1; made + logger.repeated() <= options.rows; ++made) {
        const u64 file_row = made + logger.repeated();
        machine.advance(row, book, file_row);
        logger.append(out, row, file_row, file_row == options.rows);
        if (out.size() >= piece_bytes) {
            if (!sink(out)) return book.finish(file_row);
            out.clear();
        }
    }
    logger.flush(out);
    if (!out.empty()) sink(out);
    return book.finish(options.rows);
}

}  // namespace jangbu::client
