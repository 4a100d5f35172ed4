// A simulated file, taken apart by the test's own few lines.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "client/simulate/simulation.h"

namespace jangbu::test {

struct SimulatedTable {
    std::string text;
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> rows;  // from 0: row n of the fault list is rows[n - 1]
    std::vector<client::PlantedFault> faults;

    std::size_t column(std::string_view name) const {
        const auto at = std::find(names.begin(), names.end(), name);
        if (at == names.end()) FAIL(name);
        return static_cast<std::size_t>(at - names.begin());
    }
    const std::string& cell(std::size_t row, std::string_view name) const {
        return rows[row][column(name)];
    }
    double number(std::size_t row, std::size_t column_index) const {
        const std::string& cell_text = rows[row][column_index];
        double value = 0;
        const auto end = cell_text.data() + cell_text.size();
        if (std::from_chars(cell_text.data(), end, value).ptr != end) FAIL(cell_text);
        return value;
    }
    bool faulty(std::string_view kind, std::size_t row) const {
        return std::any_of(faults.begin(), faults.end(), [&](const client::PlantedFault& fault) {
            return fault.kind == kind && row + 1 >= fault.first_row && row + 1 <= fault.last_row;
        });
    }
    // No fault of any kind touches rows [first, last].
    bool sound(std::size_t first, std::size_t last,
               std::initializer_list<std::string_view> but = {}) const {
        return std::none_of(faults.begin(), faults.end(), [&](const client::PlantedFault& fault) {
            return std::find(but.begin(), but.end(), fault.kind) == but.end() &&
                   fault.first_row <= last + 1 && fault.last_row >= first + 1;
        });
    }
};

inline SimulatedTable simulated(std::string_view machine, u64 seed, u64 rows) {
    const client::Simulation* simulation = client::find_simulation(machine);
    REQUIRE(simulation != nullptr);
    SimulatedTable out;
    out.faults = simulation->run({.seed = seed, .rows = rows}, [&out](std::string_view piece) {
        out.text += piece;
        return true;
    });
    const auto split = [](const std::string& line) {
        std::vector<std::string> cells;
        std::size_t from = 0;
        for (std::size_t to = 0; to != std::string::npos; from = to + 1) {
            to = line.find(',', from);
            cells.push_back(line.substr(from, to - from));
        }
        return cells;
    };
    std::istringstream in(out.text);
    std::string line;
    REQUIRE(std::getline(in, line));
    out.names = split(line);
    while (std::getline(in, line)) out.rows.push_back(split(line));
    return out;
}

}  // namespace jangbu::test
