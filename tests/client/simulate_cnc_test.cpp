#include "client/simulate_cnc.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <sstream>

using namespace jangbu;
using client::CncFault;
using client::CncOptions;

namespace {

struct Run {
    std::string text;
    std::vector<CncFault> faults;
};
Run run(u64 seed, u64 rows) {
    Run out;
    out.faults =
        client::simulate_cnc(CncOptions{.seed = seed, .rows = rows}, [&](std::string_view piece) {
            out.text += piece;
            return true;
        });
    return out;
}
std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells;
    std::string cell;
    std::istringstream in(line);
    while (std::getline(in, cell, ',')) cells.push_back(cell);
    return cells;
}

}  // namespace

TEST_CASE(
    "simulate cnc: the file has a header and exactly the rows asked for, each labelled simulated") {
    for (u64 rows : {u64{0}, u64{1}, u64{777}, u64{60'000}}) {
        const Run one = run(3, rows);
        std::istringstream in(one.text);
        std::string line;
        REQUIRE(std::getline(in, line));
        CHECK(line == client::cnc_header());
        const std::size_t columns = split(line).size();
        u64 count = 0;
        while (std::getline(in, line)) {
            ++count;
            const auto cells = split(line);
            REQUIRE(cells.size() == columns);
            REQUIRE(cells.back() == "simulated");
        }
        CHECK(count == rows);
    }
}

TEST_CASE("simulate cnc: one seed gives one file, another seed another") {
    CHECK(run(7, 5'000).text == run(7, 5'000).text);
    CHECK(run(7, 5'000).text != run(8, 5'000).text);
}

TEST_CASE("simulate cnc: a long run has every kind of fault, where the list says so") {
    const Run one = run(2, 400'000);
    std::map<std::string, int> kinds;
    for (const CncFault& fault : one.faults) ++kinds[fault.kind];
    for (const char* kind : {"dropout", "stuck", "unit_shift", "spike", "time_gap", "repeated_row",
                             "out_of_order", "chatter", "tool_breakage"})
        CHECK_MESSAGE(kinds[kind] > 0, kind);

    std::vector<std::string> lines;
    std::istringstream in(one.text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    const auto dropout = std::find_if(one.faults.begin(), one.faults.end(),
                                      [](const CncFault& f) { return f.kind == "dropout"; });
    REQUIRE(dropout != one.faults.end());
    const auto cells = split(lines[dropout->first_row + 1]);
    CHECK(cells[11].empty());
    CHECK(cells[12].empty());
}

TEST_CASE(
    "simulate cnc: more power is drawn where more is cut, and the spindle is warmer than the "
    "hall") {
    const Run one = run(5, 100'000);
    std::map<std::string, std::pair<double, u64>> power;
    std::istringstream in(one.text);
    std::string line;
    std::getline(in, line);
    double hottest = 0;
    while (std::getline(in, line)) {
        const auto cells = split(line);
        power[cells[1]].first += std::stod(cells[9]);
        ++power[cells[1]].second;
        if (!cells[11].empty()) hottest = std::max(hottest, std::stod(cells[11]));
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

TEST_CASE("simulate cnc: a sink that has enough stops it") {
    std::size_t pieces = 0;
    client::simulate_cnc(CncOptions{.seed = 1, .rows = 1'000'000},
                         [&](std::string_view) { return ++pieces < 2; });
    CHECK(pieces == 2);
}
