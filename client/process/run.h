// Runs a plan over a table: new files, and a record of lineage that another can check by running
// the plan again.
//
// The same plan, input and key give the same bytes on every machine. Memory: a row, and what the
// steps hold back (`within` rows each, docs/process.md). Files appear whole or not at all.
// Threads: one. Errors: malformed (line and column of the input), usage (the plan does not fit the
// table), conflict (the input changed), io.
#pragma once

#include <filesystem>

#include "client/process/lineage.h"
#include "client/process/step.h"
#include "client/progress.h"

namespace jangbu::client {

struct RunRequest {
    std::filesystem::path input;
    std::filesystem::path output;  // of a split: out.csv becomes out.train.csv and so on
    ByteView key;                  // of pseudonyms; empty = none
};

// `reading` has no fault. Existing outputs are replaced.
Result<Lineage> run_plan(const PlanReading& reading, const RunRequest& request, Progress& progress);

}  // namespace jangbu::client
