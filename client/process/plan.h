// A plan: what is done to a table, step by step, so that another gets the same bytes from it.
//
// Written as TOML (docs/process.md), read into one record a step whose unused fields stay empty.
// plan_digest = H("jangbu/plan/v1", BCS(Plan)): spaces, comments and the order of keys do not
// count. Threads: pure functions. Errors: faults, each with its line.
#pragma once

#include "base/bcs.h"
#include "client/process/decimal.h"
#include "crypto/hash.h"

namespace jangbu::client {

inline constexpr std::size_t plan_text_bytes_max = 256 << 10;
inline constexpr std::size_t plan_steps_max = 64;
inline constexpr std::size_t plan_columns_max = 4096;

enum class StepKind : u8 {
    order = 1,
    dedupe,
    drop,
    unit,
    fill,
    gaps,
    resample,
    outlier,
    pseudonymise,
    split,
};
const char* to_string(StepKind kind);

// Numbered for ever; which step takes which stands in plan_reader.cpp.
enum class StepMethod : u8 {
    none = 0,
    mark = 1,
    empty,
    previous,
    linear,
    value,
    bounds,
    hampel,
    group,
    time,
};
enum class PickHow : u8 { mean = 1, min, max, sum, first, last };
const char* to_string(PickHow how);

struct PlanColumn {
    std::string name;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.text(self.name, 200);
    }
    bool operator==(const PlanColumn&) const = default;
};

// What resample makes of a column.
struct PlanPick {
    PickHow how = PickHow::mean;
    std::string column;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.how);
        c.text(self.column, 200);
    }
    bool operator==(const PlanPick&) const = default;
};

// Where split sends a row: a share of the groups, or all before a time.
struct PlanPart {
    std::string name;
    u32 share_ppm = 0;
    std::string until;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.text(self.name, 40);
        c(self.share_ppm);
        c.text(self.until, 40);
    }
    bool operator==(const PlanPart&) const = default;
};

struct PlanStep {
    StepKind kind = StepKind::order;
    StepMethod method = StepMethod::none;
    std::vector<PlanColumn> columns;
    u32 within = 0;  // rows
    u32 limit = 0;   // rows
    u64 interval_ms = 0;
    u8 decimals = 0;
    std::string from;  // units
    std::string to;
    std::string factor;  // decimal numbers, as all below but value and name
    std::string offset;
    std::string low;
    std::string high;
    std::string value;  // a cell, or the salt of a split
    std::string name;   // the column's new name
    std::vector<PlanPick> picks;
    std::vector<PlanPart> parts;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.kind);
        c(self.method);
        c.list(self.columns, 0, plan_columns_max);
        c(self.within);
        c(self.limit);
        c(self.interval_ms);
        c(self.decimals);
        c.text(self.from, 40);
        c.text(self.to, 40);
        c.text(self.factor, 40);
        c.text(self.offset, 40);
        c.text(self.low, 40);
        c.text(self.high, 40);
        c.text(self.value, 200);
        c.text(self.name, 200);
        c.list(self.picks, 0, plan_columns_max);
        c.list(self.parts, 0, 16);
    }
    bool operator==(const PlanStep&) const = default;
};

struct Plan {
    std::string title;
    std::vector<PlanStep> steps;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.text(self.title, 200);
        c.list(self.steps, 1, plan_steps_max);
    }
    bool operator==(const Plan&) const = default;
};
crypto::Hash plan_digest(const Plan& plan);

struct PlanFault {
    u32 line = 0;  // 0 = the whole
    std::string what;
};
struct PlanReading {
    Plan plan;
    std::vector<u32> lines;  // of each step
    std::vector<PlanFault> faults;
};
// Reads as far as it goes. The plan may be run only when there is no fault.
PlanReading read_plan(std::string_view toml);

}  // namespace jangbu::client
