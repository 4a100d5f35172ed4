// Updates of the state tree, 10,000 changed keys a block: 8,000 of keys that are there, 2,000 new
// (of 10,000 keys none is new).
//
// "tree" is the commitment alone: keys, values and leaves are hashed before the clock starts. "map"
// is all of StateTree::updated, from state keys and values. /K/W: K keys, the last W versions held,
// as a node does whose readers are slow. bytes/key: what the process grew by; "tree" has leaves
// without keys and values, "map" has both (33 and 200 bytes). 10,000,000 keys (4 to 8 GB) stand
// behind JANGBU_BENCH_LARGE=1.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fstream>
#include <numeric>

#include "ledger/state_tree.h"

using namespace jangbu;
using namespace jangbu::ledger;

namespace {

constexpr u64 block = 10'000;

u64 mixed(u64 z) {
    z += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}
Hash hash_of(u64 i) {
    Hash hash;
    for (u64 part = 0; part < 4; ++part) {
        const ByteArray<8> bytes = le64(mixed(4 * i + part));
        std::ranges::copy(bytes, hash.begin() + static_cast<std::ptrdiff_t>(8 * part));
    }
    return hash;
}

// The ids that block number `round` changes, of `keys` that are there.
std::vector<u64> changed_ids(u64 keys, u64 round) {
    std::vector<u64> ids;
    for (u64 i = 0; i < block; ++i) {
        const u64 drawn = mixed(round * 1'000'003 + i);
        ids.push_back(i % 5 == 0 && keys > block ? keys + round * block + i : drawn % keys);
    }
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    return ids;
}

std::vector<sparse::Change> hashed_changes(std::span<const u64> ids, u64 round) {
    std::vector<sparse::Change> changes;
    for (const u64 id : ids)
        changes.push_back(
            {hash_of(id), hash_of(mixed(id) ^ round), hash_of(mixed(id)), {}, ByteView()});
    std::ranges::sort(changes, {}, &sparse::Change::key);
    return changes;
}

StateTree::Changes plain_changes(std::span<const u64> ids, u64 round) {
    StateTree::Changes changes;
    for (const u64 id : ids)
        changes[state_key(static_cast<Table>(250), hash_of(id))] =
            concat({le64(round), Bytes(192, 1)});
    return changes;
}

u64 resident_bytes() {
    std::ifstream file("/proc/self/statm");
    u64 size = 0;
    u64 resident = 0;
    file >> size >> resident;
    return resident * static_cast<u64>(::sysconf(_SC_PAGESIZE));
}

// Of this thread: other programs may run beside.
double thread_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Tree, class MakeChanges>
void measure(benchmark::State& state, MakeChanges make_changes) {
    const auto keys = static_cast<u64>(state.range(0));
    const auto held = static_cast<std::size_t>(state.range(1));
    ::malloc_trim(0);
    const u64 before = resident_bytes();
    std::deque<Tree> versions(1);
    {
        std::vector<u64> ids(keys);
        std::iota(ids.begin(), ids.end(), u64{0});
        auto changes = make_changes(ids, 0);
        versions.back() = versions.back().updated(changes);
    }
    ::malloc_trim(0);
    state.counters["bytes/key"] =
        static_cast<double>(resident_bytes() - before) / static_cast<double>(keys);
    u64 round = 0;
    double best = 1e9;
    for (auto _ : state) {
        ++round;
        auto changes = make_changes(changed_ids(keys, round), round);
        const double from = thread_seconds();
        versions.push_back(versions.back().updated(changes));
        if (versions.size() > held) versions.pop_front();
        const double taken = thread_seconds() - from;
        best = std::min(best, taken);
        state.SetIterationTime(taken);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(block));
    state.counters["best/s"] = static_cast<double>(block) / best;
}

void tree_alone(benchmark::State& state) {
    measure<sparse::Tree>(state, hashed_changes);
}
void whole_map(benchmark::State& state) {
    measure<StateTree>(state, plain_changes);
}

void sizes(benchmark::internal::Benchmark* bench) {
    // Fixed, since making the tree is the longer part.
    bench->Iterations(40)->UseManualTime()->Unit(benchmark::kMillisecond);
    bench->Args({10'000, 1})->Args({1'000'000, 1});
    if (!std::getenv("JANGBU_BENCH_LARGE")) return;
    bench->Args({1'000'000, 16})->Args({10'000'000, 1})->Args({10'000'000, 16});
}
BENCHMARK(tree_alone)->Name("tree")->Apply(sizes);
BENCHMARK(whole_map)->Name("map")->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
