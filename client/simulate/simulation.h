// Simulated machines: logs as a factory would record them, faults of real life included.
//
// Bit-identical per seed on every compiler and CPU: integers only (fixed point, an integer sine),
// own generator. Every row says `simulated` in its last column; nobody can mistake it for a
// measurement. What is modelled, and from which sources: the file of each machine and
// docs/simulators.md. Threads: pure functions.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/integers.h"

namespace jangbu::client {

struct SimulationOptions {
    u64 seed = 1;
    u64 rows = 1000;
    u64 start_ms = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
};

// What was planted, so that a profile can be judged: rows [first, last], counted from 1 after the
// header.
struct PlantedFault {
    std::string kind;
    std::string column;  // "" where it concerns whole rows
    u64 first_row = 0;
    u64 last_row = 0;
};

// Takes the CSV in pieces of some kilobytes; false stops the simulation.
using SimulationSink = std::function<bool(std::string_view)>;

struct Simulation {
    std::string_view name;  // "cnc"
    std::string_view what;  // for people
    std::string (*header)();
    std::vector<PlantedFault> (*run)(const SimulationOptions& options, const SimulationSink& sink);
};

// cnc, injection, press, bearing.
std::span<const Simulation> simulations();
// None of that name: nullptr.
const Simulation* find_simulation(std::string_view name);

}  // namespace jangbu::client
