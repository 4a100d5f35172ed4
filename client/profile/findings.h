// Finding: one thing about a table that a person should look at, in Korean or English.
//
// The kinds have stable names, which JSON carries. Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "base/integers.h"

namespace jangbu::client {

enum class FindingKind : u8 {
    ragged_rows,
    blank_lines,
    preamble,
    no_header,
    duplicate_name,
    empty_name,
    empty_column,
    constant_column,
    duplicate_column,
    linear_copy,
    missing_often,
    missing_words,
    mixed_type,
    repeated_rows,
    time_disorder,
    time_repeats,
    time_gap,
    irregular_sampling,
    drop_out_together,
    stuck_value,
    standstill,
    spike,
    outlier,
    unit_shift,
    row_number,
    leakage_correlation,
    leakage_mapping,
};
inline constexpr std::size_t finding_kinds = 27;

enum class Severity : u8 { note, warning };
enum class Language : u8 { korean, english };

struct Place {
    u64 first_line = 0;
    u64 last_line = 0;
    bool operator==(const Place&) const = default;
};

struct Finding {
    static constexpr std::size_t places_max = 10;

    FindingKind kind = FindingKind::ragged_rows;
    Severity severity = Severity::warning;
    std::vector<u32> columns;
    u64 count = 0;
    bool at_least = false;  // bounded memory saw this many
    std::vector<Place> places;
    std::string detail;  // values and units, in no language
};

const char* name_of(FindingKind kind);
// What it is, as a title; and what to do about it.
std::string title_of(FindingKind kind, Language language);
std::string advice_of(FindingKind kind, Language language);
// "lines 5, 17-20 and 3 more"
std::string places_text(const Finding& finding, Language language);

}  // namespace jangbu::client
