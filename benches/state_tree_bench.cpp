// Updates of the state tree, 10,000 changed keys a block, by the number of keys; time per update.
#include <benchmark/benchmark.h>

#include "ledger/state_tree.h"

using namespace jangbu;

namespace {

ledger::StateKey key_of(u64 i) {
    return ledger::state_key(static_cast<ledger::Table>(250), le64(i));
}

ledger::StateTree::Changes changes(u64 from, u64 count, u64 round) {
    ledger::StateTree::Changes out;
    for (u64 i = 0; i < count; ++i)
        out[key_of(from + i)] = concat({le64(i), le64(round), Bytes(150, 1)});
    return out;
}

void update(benchmark::State& state) {
    constexpr u64 block = 10'000;
    const auto keys = static_cast<u64>(state.range(0));
    ledger::StateTree tree;
    for (u64 from = 0; from < keys; from += block) tree = tree.updated(changes(from, block, 0));
    u64 round = 0;
    for (auto _ : state) {
        state.PauseTiming();
        const auto next = changes(round * 7'919 % keys, block, round + 1);
        ++round;
        state.ResumeTiming();
        tree = tree.updated(next);
        benchmark::DoNotOptimize(tree.root());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(block));
}
BENCHMARK(update)
    ->Name("state tree update")
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
