#include <set>

#include "client/process/plan_values.h"
#include "client/profile/cell.h"

namespace jangbu::client {
namespace {

void check_outlier(const PlanStep& step, const toml::table& table, PlanValues& faults, u32 line) {
    if (step.method == StepMethod::bounds) {
        if (step.low.empty() && step.high.empty())
            faults.fault(line, "outlier by bounds needs low, high or both");
        if (table.contains("within")) faults.fault(line, "outlier by bounds has no within");
    } else if (step.method == StepMethod::hampel) {
        const auto deviations = read_decimal(step.high, '.');
        const bool fits = deviations && deviations->digits > 0 && deviations->places <= 2 &&
                          deviations->digits <= 100'000;
        if (!step.low.empty() || !fits)
            faults.fault(line,
                         "outlier by hampel needs high: how many deviations, with at most two "
                         "decimals, and no low");
        if (step.within < 5 || step.within > 1'001)
            faults.fault(line, "outlier by hampel looks within 5 to 1001 rows");
    }
}

void check_split(const PlanStep& step, const toml::table& table, PlanValues& faults, u32 line) {
    u32 shares = 0;
    std::set<std::string> names;
    i64 before = 0;
    for (std::size_t i = 0; i < step.parts.size(); ++i) {
        const PlanPart& part = step.parts[i];
        if (!names.insert(part.name).second) faults.fault(line, "two parts of one name");
        shares += part.share_ppm;
        if (step.method != StepMethod::time) {
            if (!part.until.empty()) faults.fault(line, "a part of a split by group has no until");
            continue;
        }
        const bool last = i + 1 == step.parts.size();
        const auto time = read_time_text(part.until, true);
        if (part.share_ppm != 0) faults.fault(line, "a part of a split by time has no share");
        if (last != part.until.empty() || (!last && !time))
            faults.fault(line, "each part of a split by time but the last has until: a time");
        if (time && i > 0 && time->ns <= before) faults.fault(line, "the parts' times ascend");
        if (time) before = time->ns;
    }
    if (step.method == StepMethod::group && shares != 1'000'000)
        faults.fault(line, "the shares of a split by group add up to 100");
    if (step.method == StepMethod::group && table.contains("gap_ms"))
        faults.fault(line, "a split by group has no gap_ms");
    if (step.method == StepMethod::time && table.contains("salt"))
        faults.fault(line, "a split by time has no salt");
}

}  // namespace

void check_step(const PlanStep& step, const toml::table& table, PlanValues& faults, u32 line) {
    const auto say = [&](const char* what) { faults.fault(line, what); };
    switch (step.kind) {
        case StepKind::unit: {
            const bool units = table.contains("from") || table.contains("to");
            const bool factor = table.contains("factor") || table.contains("offset");
            if (units == factor) say("unit takes from and to, or a factor and offset");
            if (units && !conversion(step.from, step.to))
                say("no way from one unit to the other; docs/process.md lists them");
            break;
        }
        case StepKind::fill:
            if ((step.method == StepMethod::value) != table.contains("value"))
                say("fill takes a value exactly with method \"value\"");
            break;
        case StepKind::resample:
            if (step.picks.empty()) say("resample needs one of mean, min, max, sum, first, last");
            break;
        case StepKind::outlier:
            check_outlier(step, table, faults, line);
            break;
        case StepKind::split:
            check_split(step, table, faults, line);
            break;
        default:
            break;
    }
    const auto low = read_decimal(step.low, '.');
    const auto high = read_decimal(step.high, '.');
    if (low && high && compare(*low, *high) > 0) say("low is above high");
}

}  // namespace jangbu::client
