// simulation_digest SEED ROWS prints the SHA-256 of each machine's simulated file: the same from
// every compiler.
#include <cstdio>
#include <cstdlib>

#include "client/simulate/simulation.h"
#include "crypto/hash.h"

int main(int argc, char** argv) {
    using namespace jangbu;
    if (argc != 3) return 2;
    const client::SimulationOptions options{.seed = std::strtoull(argv[1], nullptr, 10),
                                            .rows = std::strtoull(argv[2], nullptr, 10)};
    for (const client::Simulation& simulation : client::simulations()) {
        crypto::Sha256 hash;
        simulation.run(options, [&hash](std::string_view piece) {
            hash.update(as_bytes(piece));
            return true;
        });
        std::printf("%.*s %s\n", static_cast<int>(simulation.name.size()), simulation.name.data(),
                    to_hex(hash.finish()).c_str());
    }
}
