// cnc_digest SEED ROWS prints the SHA-256 of a simulated file: the same from every compiler.
#include <cstdio>
#include <cstdlib>

#include "client/simulate_cnc.h"
#include "crypto/hash.h"

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const jangbu::client::CncOptions options{.seed = std::strtoull(argv[1], nullptr, 10),
                                             .rows = std::strtoull(argv[2], nullptr, 10)};
    jangbu::crypto::Sha256 hash;
    jangbu::client::simulate_cnc(options, [&hash](std::string_view piece) {
        hash.update(jangbu::as_bytes(piece));
        return true;
    });
    std::puts(jangbu::to_hex(hash.finish()).c_str());
}
