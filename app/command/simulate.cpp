#include <fstream>
#include <iostream>

#include "app/command/commands.h"
#include "client/simulate/simulation.h"

namespace jangbu::app {
namespace {

struct Simulate {
    u64 seed = 1;
    u64 rows = 1000;
    std::string out;
    Said faults;
};

Json faults_json(const std::vector<client::PlantedFault>& faults) {
    Json list = Json::array();
    for (const client::PlantedFault& fault : faults)
        list.push_back({{"kind", fault.kind},
                        {"column", fault.column},
                        {"first_row", fault.first_row},
                        {"last_row", fault.last_row}});
    return list;
}

Result<Answer> simulate(const Globals&, const client::Simulation& simulation,
                        const Simulate& options) {
    const client::SimulationOptions wanted{.seed = options.seed, .rows = options.rows};
    std::ofstream file;
    const bool to_stdout = options.out == "-";
    if (!to_stdout) file.open(options.out, std::ios::binary | std::ios::trunc);
    std::ostream& out = to_stdout ? std::cout : file;
    u64 bytes = 0;
    const Json faults = faults_json(simulation.run(wanted, [&](std::string_view piece) {
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

}  // namespace

void declare_simulations(Line& line) {
    const auto options = std::make_shared<Simulate>();
    CLI::App* machines = line.group(
        "simulate", "data made by a program, and labelled so; faults of real life included");
    for (const client::Simulation& simulation : client::simulations()) {
        const std::string name(simulation.name);
        const std::string what(simulation.what);
        const std::string example =
            "jangbu simulate " + name + " --seed 7 --rows 500000 --out " + name + ".csv";
        CLI::App* made = line.command(
            machines, name.c_str(), what.c_str(),
            [=, &simulation](const Globals& globals) {
                return simulate(globals, simulation, *options);
            },
            example);
        made->add_option("--seed", options->seed)->capture_default_str();
        made->add_option("--rows", options->rows)->capture_default_str();
        made->add_option("--out", options->out, "file to write, - for stdout")->required();
        made->add_option("--faults", options->faults, "write what was planted, as JSON");
    }
}

}  // namespace jangbu::app
