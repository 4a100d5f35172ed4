// Signature verification: every case of the table in docs/performance.md on one tier of our engine,
// and libsodium and OpenSSL beside it.
//
//     verification_bench [--tier NAME] [Google Benchmark's options]   one case after another
//     verification_bench [--tier NAME] --turns                        for scripts/bench
//     verification_bench --tiers                                      which this CPU can run
//     verification_bench --write FOLDER                               batch files for the peers
//
// Only scripts/bench gives ratios: it lets the programs take turns (benches/verification/turns.h).
#include <benchmark/benchmark.h>
#include <sodium.h>

#include <cstring>
#include <iostream>

#include "benches/verification/methods.h"
#include "benches/verification/turns.h"
#include "crypto/cpu.h"

using namespace jangbu;
using namespace jangbu::bench;

namespace {

void measure(benchmark::State& state, const Offer& offer, const Case& what) {
    const Method method = offer.prepare(workload(what.workload));
    std::size_t items = 0;
    for (auto _ : state) {
        const std::optional<Timed> one = method(0, what.batch);
        if (!one) return state.SkipWithError("a verdict was wrong");
        state.SetIterationTime(std::chrono::duration<double>(one->time).count());
        items += one->items;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(items));
}

void add(const Offer& offer, const Case& what, const std::string& name) {
    benchmark::RegisterBenchmark(name.c_str(), measure, offer, what)->UseManualTime();
}

void add_all() {
    for (const Case& what : cases())
        for (const Offer& offer : engine_offers())
            if (offer.name == what.method)
                add(offer, what,
                    std::string(crypto::name(crypto::tier())) + "/" + std::string(what.name));
    const Case one{"one signature", "keys64-message46", 1, ""};
    for (const Offer& offer : library_offers())
        add(offer, one, std::string(offer.name) + "/" + std::string(one.name));
}

int print_tiers() {
    for (const auto tier : {crypto::Tier::portable, crypto::Tier::avx2, crypto::Tier::avx512ifma})
        if (crypto::is_supported(tier)) std::cout << crypto::name(tier) << "\n";
    return 0;
}

int write_batch_files(const std::string& folder) {
    for (const std::string_view name : workload_names()) {
        if (write_batch_file(name, folder)) continue;
        std::cerr << "verification_bench: cannot write into " << folder << "\n";
        return 1;
    }
    return 0;
}

int refuse(std::string_view what) {
    std::cerr << "verification_bench: " << what << "\n";
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (sodium_init() < 0) return refuse("libsodium does not start");
    std::vector<char*> rest(argv, argv + argc);
    const auto word = [&](std::size_t i) {
        return std::string_view(i < rest.size() ? rest[i] : "");
    };
    if (word(1) == "--tiers") return print_tiers();
    if (word(1) == "--write" && rest.size() == 3) return write_batch_files(rest[2]);
    if (word(1) == "--tier") {
        const auto tier = crypto::tier_named(word(2));
        if (!tier) return refuse("--tier portable, avx2 or avx512ifma");
        if (!crypto::force_tier(*tier)) return refuse("this CPU cannot run that tier");
        rest.erase(rest.begin() + 1, rest.begin() + 3);
    }
    if (word(1) == "--turns") return serve_turns();
    int count = static_cast<int>(rest.size());
    rest.push_back(nullptr);
    benchmark::Initialize(&count, rest.data());
    if (benchmark::ReportUnrecognizedArguments(count, rest.data())) return 2;
    add_all();
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
