// random_history [SEED [OPERATIONS]]: runs a random history through the market and prints its final
// state root and a hash over all receipts. Two builds that differ in anything but speed print the
// same lines.
#include <cstdio>
#include <cstdlib>

#include "tests/support/random_market.h"

int main(int count, char** arguments) {
    using namespace jangbu;  // NOLINT
    const u64 seed = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1;
    const u64 operations = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 10'000;
    test::RandomMarket market(seed);
    std::string broken;
    for (u64 i = 1; i <= operations; ++i) {
        market.step();
        if (i % 1'000 == 0 || i == operations) broken += test::broken_text(market.world);
    }
    for (const auto& [verdict, times] : market.verdicts)
        std::printf("%8llu %s\n", static_cast<unsigned long long>(times), verdict.c_str());
    for (const auto& [state, times] : market.ends())
        std::printf("%8llu orders %s\n", static_cast<unsigned long long>(times),
                    jangbu::market::name(state));
    std::printf("seed %llu operations %llu height %llu entries %zu\n",
                static_cast<unsigned long long>(seed), static_cast<unsigned long long>(operations),
                static_cast<unsigned long long>(market.world.block.height),
                market.world.state.size());
    std::printf("receipts %s\n", to_hex(market.world.receipts).c_str());
    std::printf("state_root %s\n", to_hex(market.world.state.root()).c_str());
    if (!broken.empty()) std::printf("broken: %s\n", broken.c_str());
    return broken.empty() ? 0 : 1;
}
