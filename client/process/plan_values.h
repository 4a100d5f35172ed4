// Values of a plan's TOML, each read or told as a fault with its line. For plan_reader.cpp alone,
// so that no one else includes toml++.
#pragma once

#include <toml++/toml.h>

#include "client/plain_text.h"
#include "client/process/plan.h"

namespace jangbu::client {

class PlanValues {
public:
    void fault(u32 line, std::string what) { faults_.push_back({line, std::move(what)}); }
    std::vector<PlanFault> take_faults();
    static u32 line_of(const toml::node& value) { return value.source().begin.line; }

    // What is wrong reads as an empty text, no column, the least number.
    std::string text_of(const char* key, const toml::node& value, std::size_t bytes_max);
    std::string column_of(const char* key, const toml::node& value);
    std::vector<std::string> columns_of(const char* key, const toml::node& value);
    i64 whole_of(const char* key, const toml::node& value, i64 least, i64 most);
    // As a decimal that is computed with exactly: 0.1, or "0.1".
    std::string number_of(const char* key, const toml::node& value);

private:
    std::vector<PlanFault> faults_;
};

// What no single key shows: keys that exclude each other, an order of values, sums.
void check_step(const PlanStep& step, const toml::table& table, PlanValues& faults, u32 line);

}  // namespace jangbu::client
