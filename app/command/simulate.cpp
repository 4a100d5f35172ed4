#include <fstream>
#include <iostream>

#include "app/command/commands.h"
#include "client/simulate_cnc.h"

namespace jangbu::app {

Result<Answer> simulate_cnc(const Globals&, const SimulateCnc& options) {
    client::CncOptions wanted;
    wanted.seed = options.seed;
    wanted.rows = options.rows;
    std::ofstream file;
    const bool to_stdout = options.out == "-";
    if (!to_stdout) file.open(options.out, std::ios::binary | std::ios::trunc);
    std::ostream& out = to_stdout ? std::cout : file;
    u64 bytes = 0;
    const std::vector<client::CncFault> faults =
        client::simulate_cnc(wanted, [&](std::string_view piece) {
            out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
            bytes += piece.size();
            return out.good();
        });
    out.flush();
    if (!out) return fail(ErrorCode::io, "cannot write " + options.out);
    Json list = Json::array();
    for (const client::CncFault& fault : faults)
        list.push_back({{"kind", fault.kind},
                        {"column", fault.column},
                        {"first_row", fault.first_row},
                        {"last_row", fault.last_row}});
    if (options.faults) {
        const std::string text = list.dump(1) + "\n";
        TRY(write_named_file(*options.faults, as_bytes(text)));
    }
    if (to_stdout) return Answer{};
    return Answer{{{"schema", "jangbu-simulated/1"},
                   {"file", options.out},
                   {"bytes", std::to_string(bytes)},
                   {"rows", std::to_string(options.rows)},
                   {"seed", std::to_string(options.seed)},
                   {"simulated", true},
                   {"faults", list.size()}},
                  "SIMULATED machine log: " + std::to_string(options.rows) + " rows, " +
                      std::to_string(bytes) + " bytes, " + std::to_string(list.size()) +
                      " planted faults, in " + options.out + ".\n"};
}

}  // namespace jangbu::app
