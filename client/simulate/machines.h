// The simulated machines, one file each; simulation.h lists them for callers.
#pragma once

#include "client/simulate/simulation.h"

namespace jangbu::client {

std::string cnc_header();
std::vector<PlantedFault> simulate_cnc(const SimulationOptions& options,
                                       const SimulationSink& sink);
std::string injection_header();
std::vector<PlantedFault> simulate_injection(const SimulationOptions& options,
                                             const SimulationSink& sink);
std::string press_header();
std::vector<PlantedFault> simulate_press(const SimulationOptions& options,
                                         const SimulationSink& sink);
std::string bearing_header();
std::vector<PlantedFault> simulate_bearing(const SimulationOptions& options,
                                           const SimulationSink& sink);

}  // namespace jangbu::client
