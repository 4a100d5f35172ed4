// Profile: what a table holds, and what an engineer should know before buying or selling it.
//
// profile_file reads once, in bounded memory: profile_bytes_max above what the program needs
// anyhow, whatever the file's size. The same bytes give the same profile on every machine. Lines
// count from 1 and include the header. Threads: one. Errors: malformed (with line and column or
// byte), limit_exceeded (too many columns), conflict (the file changed), io. Sources stand beside
// the parts: sketches.h, value_counts.h, csv_reader.h.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "client/profile/findings.h"
#include "client/profile/quantity.h"
#include "client/profile/sketches.h"
#include "client/profile/text_source.h"
#include "client/progress.h"

namespace jangbu::client {

inline constexpr std::size_t profile_columns_max = 4096;
inline constexpr std::size_t profile_bytes_max = 256 << 20;

enum class ColumnType : u8 { empty, integer, real, boolean, time, category, text };
const char* to_string(ColumnType type);

struct TopValue {
    std::string text;
    u64 count = 0;  // a lower bound unless the column's distinct count is exact
};

// Of numbers; of times in ns since 1970 (only least, greatest).
struct NumberFacts {
    u64 count = 0;
    double least = 0;
    double greatest = 0;
    u64 least_line = 0;
    u64 greatest_line = 0;
    double mean = 0;
    double deviation = 0;
    static constexpr double ranks[] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
    std::array<double, 7> quantiles{};
    double rank_error = 0;  // 0 = exact
    Histogram::View histogram;
};

struct TimeFacts {
    i64 first_ns = 0;  // least
    i64 last_ns = 0;   // greatest
    u64 steps = 0;     // pairs of neighbours
    u64 backwards = 0;
    u64 equal = 0;
    i64 interval_ns = 0;        // the most frequent step
    double interval_share = 0;  // how many of the steps forward are just that
    i64 median_ns = 0;          // to 3 %
    u64 gaps = 0;
    i64 longest_ns = 0;
};

struct ColumnProfile {
    std::string name;
    Unit unit;
    Quantity quantity = Quantity::none;  // by unit, else by name
    ColumnType type = ColumnType::empty;
    u64 missing = 0;
    std::vector<TopValue> missing_words;
    u64 distinct = 0;
    double distinct_error = 0;  // relative standard error; 0 = exact
    u64 stray = 0;              // cells that are not of the column's type
    std::vector<TopValue> top;
    u64 top_error = 0;  // counts of top are too low by at most this
    std::optional<NumberFacts> numbers;
    std::optional<TimeFacts> times;
    std::vector<Course::Point> course;  // means over the rows
};

struct Profile {
    std::string file;  // its name, without folder
    u64 bytes = 0;
    Encoding encoding = Encoding::ascii;
    char delimiter = ',';
    char decimal = '.';
    bool has_header = true;
    u64 header_line = 0;
    u64 preamble_lines = 0;
    bool has_units_row = false;
    u64 rows = 0;
    u64 blank_lines = 0;
    u64 ragged_rows = 0;
    u64 rows_per_point = 1;
    std::vector<ColumnProfile> columns;
    std::vector<Finding> findings;
};

Result<Profile> profile_file(const std::filesystem::path& file, Progress& progress);

}  // namespace jangbu::client
