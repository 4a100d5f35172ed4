#include <fstream>
#include <iostream>

#include "app/command/commands.h"

namespace jangbu::app {
namespace {

Json to_json(const std::vector<client::PlantedFault>& faults) {
    Json list = Json::array();
    for (const client::PlantedFault& fault : faults)
        list.push_back({{"kind", fault.kind},
                        {"column", fault.column},
                        {"first_row", fault.first_row},
                        {"last_row", fault.last_row}});
    return list;
}

}  // namespace

Result<Answer> simulate(const Globals&, const client::Simulation& simulation,
                        const Simulate& options) {
    const client::SimulationOptions wanted{.seed = options.seed, .rows = options.rows};
    std::ofstream file;
    const bool to_stdout = options.out == "-";
    if (!to_stdout) file.open(options.out, std::ios::binary | std::ios::trunc);
    std::ostream& out = to_stdout ? std::cout : file;
    u64 bytes = 0;
    const Json faults = to_json(simulation.run(wanted, [&](std::string_view piece) {
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        bytes += piece.size();
        return out.good();
    }));
    out.flush();
    if (!out) return fail(ErrorCode::io, "cannot write " + options.out);
    if (options.faults) {
        const std::string text = faults.dump(1) + "\n";
        TRY(write_named_file(*options.faults, as_bytes(text)));
    }
    if (to_stdout) return Answer{};
    return Answer{{{"schema", "jangbu-simulated/1"},
                   {"machine", std::string(simulation.name)},
                   {"file", options.out},
                   {"bytes", std::to_string(bytes)},
                   {"rows", std::to_string(options.rows)},
                   {"seed", std::to_string(options.seed)},
                   {"simulated", true},
                   {"faults", faults.size()}},
                  "SIMULATED log of " + std::string(simulation.what) + ": " +
                      std::to_string(options.rows) + " rows, " + std::to_string(bytes) +
                      " bytes, " + std::to_string(faults.size()) + " planted faults, in " +
                      options.out + ".\n"};
}

}  // namespace jangbu::app
