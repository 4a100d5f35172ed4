#include "client/simulate/simulation.h"

#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "client/simulate/fixed_point.h"
#include "tests/client/simulated_table.h"

using namespace jangbu;
using client::PlantedFault;
using client::Simulation;
using test::simulated;
using test::SimulatedTable;

TEST_CASE("simulate: the sine of integers is within five millionths, the root is exact") {
    for (u64 angle = 0; angle < (u64{1} << 32); angle += 1'234'567) {
        const double turn = 2 * std::numbers::pi * static_cast<double>(angle) / 4294967296.0;
        REQUIRE(std::abs(static_cast<double>(client::sine_micro(static_cast<u32>(angle))) -
                         1e6 * std::sin(turn)) < 5);
    }
    for (i64 value : {i64{0}, i64{1}, i64{3}, i64{4}, i64{99}, i64{100},
                      i64{4'611'686'014'132'420'608}, i64{9'223'372'036'854'775'807}}) {
        const i64 root = client::square_root(value);
        CHECK(root * root <= value);
        CHECK(static_cast<u64>(root + 1) * static_cast<u64>(root + 1) > static_cast<u64>(value));
    }
}

TEST_CASE("simulate: every file has its header and exactly the rows asked for, each labelled") {
    for (const Simulation& simulation : client::simulations())
        for (u64 rows : {u64{0}, u64{1}, u64{777}, u64{60'000}}) {
            INFO(simulation.name << " " << rows);
            const SimulatedTable one = simulated(simulation.name, 3, rows);
            CHECK(one.text.starts_with(simulation.header() + "\n"));
            CHECK(one.names.front() == "time");
            CHECK(one.rows.size() == rows);
            CHECK(std::all_of(one.rows.begin(), one.rows.end(), [&](const auto& row) {
                return row.size() == one.names.size() && row.back() == "simulated";
            }));
        }
}

// The last row of this file is one that would be repeated, and once was.
TEST_CASE("simulate: a repeated row does not make the file longer than asked for") {
    CHECK(simulated("cnc", 1, 22'383).rows.size() == 22'383);
    CHECK(simulated("cnc", 1, 22'384).rows.size() == 22'384);
}

TEST_CASE("simulate: one seed gives one file, another seed another") {
    for (const Simulation& simulation : client::simulations()) {
        INFO(simulation.name);
        CHECK(simulated(simulation.name, 7, 5'000).text ==
              simulated(simulation.name, 7, 5'000).text);
        CHECK(simulated(simulation.name, 7, 5'000).text !=
              simulated(simulation.name, 8, 5'000).text);
    }
}

TEST_CASE("simulate: a sink that has enough stops it") {
    for (const Simulation& simulation : client::simulations()) {
        std::size_t pieces = 0;
        simulation.run({.seed = 1, .rows = 1'000'000},
                       [&](std::string_view) { return ++pieces < 2; });
        CHECK(pieces == 2);
    }
}

namespace {

// The faults alone: the same run, without taking its text apart.
std::vector<PlantedFault> faults_of(std::string_view machine, u64 seed, u64 rows) {
    return client::find_simulation(machine)->run({.seed = seed, .rows = rows},
                                                 [](std::string_view) { return true; });
}

}  // namespace

TEST_CASE("simulate: long runs have every kind of fault, in order and within the file") {
    const std::set<std::string> logger = {"dropout",  "stuck",        "unit_shift",  "spike",
                                          "time_gap", "repeated_row", "out_of_order"};
    const std::map<std::string_view, std::set<std::string>> own = {
        {"cnc", {"chatter", "tool_breakage"}},
        {"injection", {"check_valve_leak", "late_switch_over", "heater_failure"}},
        {"press", {"misfeed", "double_sheet", "off_centre_load", "chipped_punch", "worn_punch"}},
        {"bearing", {"outer_race_defect", "inner_race_defect", "ball_defect", "lost_lubrication"}}};
    for (const auto& [machine, kinds] : own) {
        INFO(machine);
        constexpr u64 rows = 1'500'000;
        const std::vector<PlantedFault> faults = faults_of(machine, 2, rows);
        std::set<std::string> seen;
        u64 before = 1;
        for (const PlantedFault& fault : faults) {
            seen.insert(fault.kind);
            CHECK(fault.first_row >= before);
            CHECK(fault.last_row >= fault.first_row);
            CHECK(fault.last_row <= rows);
            before = fault.first_row;
        }
        std::set<std::string> expected = logger;
        expected.insert(kinds.begin(), kinds.end());
        CHECK(seen == expected);
    }
}

TEST_CASE("simulate: what the data logger does wrong is where the list says") {
    const SimulatedTable one = simulated("injection", 2, 250'000);
    std::map<std::string, int> checked;
    for (const PlantedFault& fault : one.faults) {
        const std::size_t row = fault.first_row - 1;
        if (fault.kind == "dropout") {
            CHECK(one.cell(row, "barrel_temp_3_c").empty());
            CHECK(one.cell(row, "mold_temp_c").empty());
        } else if (fault.kind == "repeated_row") {
            CHECK(one.rows[row] == one.rows[row + 1]);
        } else if (fault.kind == "out_of_order") {
            CHECK(one.cell(row, "time") > one.cell(row + 1, "time"));
        } else if (fault.kind == "stuck") {
            for (u64 next = row; next < fault.last_row; ++next)
                if (!one.faulty("repeated_row", next) && !one.faulty("out_of_order", next))
                    CHECK(one.cell(next, "barrel_temp_2_c") == one.cell(row, "barrel_temp_2_c"));
        } else {
            continue;
        }
        ++checked[fault.kind];
    }
    CHECK(checked.size() == 4);
}

TEST_CASE("simulate cnc: more power is drawn where more is cut; the spindle warms up") {
    const SimulatedTable one = simulated("cnc", 5, 100'000);
    std::map<std::string, std::pair<double, u64>> power;
    double hottest = 0;
    for (std::size_t row = 0; row < one.rows.size(); ++row) {
        auto& [sum, count] = power[one.rows[row][1]];
        sum += one.number(row, 9);
        ++count;
        if (!one.rows[row][11].empty()) hottest = std::max(hottest, one.number(row, 11));
    }
    const auto mean = [&](const char* step) {
        return power[step].first / static_cast<double>(power[step].second);
    };
    CHECK(mean("rough") > 2 * mean("finish"));
    CHECK(mean("rough") > mean("face") / 2);
    CHECK(mean("finish") > mean("rapid"));
    CHECK(mean("unload") < 20);
    CHECK(hottest > 25);
    CHECK(hottest < 200);
}
