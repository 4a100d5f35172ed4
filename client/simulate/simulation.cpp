#include "client/simulate/simulation.h"

#include <array>

#include "client/simulate/machines.h"

namespace jangbu::client {

std::span<const Simulation> simulations() {
    static constexpr std::array<Simulation, 4> all{{
        {"cnc", "a CNC milling machine, 10 rows a second", cnc_header, simulate_cnc},
        {"injection", "an injection moulding machine, 50 rows a second", injection_header,
         simulate_injection},
        {"press", "a blanking press, one row for half a degree of the crank", press_header,
         simulate_press},
        {"bearing", "the vibration of a bearing until it fails, 10,000 rows a second",
         bearing_header, simulate_bearing},
    }};
    return all;
}

const Simulation* find_simulation(std::string_view name) {
    for (const Simulation& simulation : simulations())
        if (simulation.name == name) return &simulation;
    return nullptr;
}

}  // namespace jangbu::client
