// Admission under load: a real node (solo engine, its folder in memory, since a disk decides more),
// signed transactions of 64 keys, each submitted alone by one of many threads; with signatures of
// concurrent callers verified together (batch_max 4,096), and each caller's alone, in turn
// (batch_max 1). JANGBU_BENCH_TRANSACTIONS sets how many (default 2,000).
//
// Reported: transactions a second until the last is committed; submit() and submit-to-commit
// latency; signatures a batch; of the signatures in blocks, those verified ahead.
#define DOCTEST_CONFIG_IMPLEMENT  // NodeWorld checks itself with doctest's asserts
#include <benchmark/benchmark.h>

#include <latch>

#include "base/log.h"
#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

using Steady = std::chrono::steady_clock;

constexpr u32 keys = 64;

std::size_t transactions_wanted() {
    const char* text = std::getenv("JANGBU_BENCH_TRANSACTIONS");
    return text ? std::stoull(text) : 2'000;
}

// A started node whose settlement agent signs with 64 keys, and mints for each transaction.
class Load {
public:
    explicit Load(u64 batch_max) {
        const node::Config defaults;
        in.config.verification_batch_max = batch_max;
        in.config.block_linger_ms = defaults.block_linger_ms;
        in.config.block_interval_ms = defaults.block_interval_ms;
        in.config.mempool_transactions_max = 1'000'000;
        in.config.mempool_transactions_per_organisation_max = 1'000'000;
        auto opened = in.open();
        REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
        in.node = std::move(*opened);
        in.node->on_commit([this](const node::CommittedBlock& block) { heard(block); });
        REQUIRE(in.node->start().has_value());
        add_keys();
        for (std::size_t i = 0; i < transactions_wanted(); ++i) {
            transactions.push_back(
                in.signed_by(signers_[i % keys], in.mint_operation(in.world.buyer, 1)));
            places_[in.id_of(transactions.back())] = i;
        }
        submitted.resize(transactions.size());
        answered.resize(transactions.size());
        committed.resize(transactions.size());
    }
    ~Load() { in.stop(); }  // before what heard() writes to

    void submit(std::size_t i) {
        submitted[i] = Steady::now();
        const Admitted answer = in.node->submit({{transactions[i]}, {}}).at(0);
        answered[i] = Steady::now();
        if (answer.status != Admitted::Status::pending) ++refused;
    }
    void wait_until_committed() {
        while (arrived_ < transactions.size() && refused == 0 && !in.node->stopped())
            std::this_thread::sleep_for(std::chrono::microseconds(200));
    }

    Folder folder{Folder::On::memory};
    NodeWorld in{folder.path};
    std::vector<ledger::Transaction> transactions;
    std::vector<Steady::time_point> submitted, answered, committed;
    std::atomic<u64> refused{0};

private:
    void add_keys() {
        const Member& agent = in.world.agent;
        for (u32 number = 0; number < keys; ++number) {
            signers_.push_back(agent.secret.signing_key(Purpose::transact, number));
            if (number == 0) continue;  // of genesis
            const ByteArray<32>& bytes = signers_.back().public_key().bytes;
            const KeyId id =
                ledger::key_id(agent.id, crypto::KeyKind::ed25519, Purpose::transact, bytes);
            const AddKey add{
                1, 1, bytes, {}, signers_.back().sign(crypto::domain::possession, id.bytes)};
            REQUIRE(in.submit(in.signed_by(agent.transact, add)).status ==
                    Admitted::Status::pending);
        }
        while (in.node->pending() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    void heard(const node::CommittedBlock& block) {
        const Steady::time_point now = Steady::now();
        for (const TxId& id : block.ids) {
            const auto place = places_.find(id);
            if (place == places_.end()) continue;
            committed[place->second] = now;
            ++arrived_;
        }
    }

    std::vector<crypto::SigningKey> signers_;
    std::map<TxId, std::size_t> places_;  // complete before the first is submitted
    std::atomic<std::size_t> arrived_{0};
};

double percentile_us(const std::vector<Steady::time_point>& from,
                     const std::vector<Steady::time_point>& to, std::size_t percent) {
    std::vector<double> all;
    for (std::size_t i = 0; i < from.size(); ++i)
        all.push_back(std::chrono::duration<double, std::micro>(to[i] - from[i]).count());
    std::ranges::sort(all);
    return all[(all.size() - 1) * percent / 100];
}

void report(benchmark::State& state, const Load& load, const node::VerificationCounts& before) {
    const node::VerificationCounts counts = load.in.node->verification();
    const u64 batches = counts.admission_batches.batches - before.admission_batches.batches;
    const u64 together = counts.admission_batches.signatures - before.admission_batches.signatures;
    state.counters["batch"] =
        batches == 0 ? 1 : static_cast<double>(together) / static_cast<double>(batches);
    state.counters["ahead_%"] = 100 * counts.share_ahead();
    state.counters["submit_p50_us"] = percentile_us(load.submitted, load.answered, 50);
    state.counters["submit_p99_us"] = percentile_us(load.submitted, load.answered, 99);
    state.counters["commit_p50_us"] = percentile_us(load.submitted, load.committed, 50);
    state.SetItemsProcessed(static_cast<std::int64_t>(load.transactions.size()));
}

void admission(benchmark::State& state) {
    const auto threads = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        Load load(static_cast<u64>(state.range(1)));
        const node::VerificationCounts before = load.in.node->verification();
        std::latch start(static_cast<std::ptrdiff_t>(threads) + 1);
        std::vector<std::thread> callers;
        for (std::size_t t = 0; t < threads; ++t)
            callers.emplace_back([&, t] {
                start.arrive_and_wait();
                for (std::size_t i = t; i < load.transactions.size(); i += threads) load.submit(i);
            });
        start.arrive_and_wait();
        const Steady::time_point from = Steady::now();
        for (std::thread& caller : callers) caller.join();
        load.wait_until_committed();
        state.SetIterationTime(std::chrono::duration<double>(Steady::now() - from).count());
        if (load.refused > 0) return state.SkipWithError("a good transaction was refused");
        report(state, load, before);
    }
}
BENCHMARK(admission)
    ->ArgNames({"threads", "batch_max"})
    ->ArgsProduct({{1, 4, 16, 64}, {4'096, 1}})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
    doctest::Context asserts;
    asserts.setAsDefaultForAssertsOutOfTestCases();
    log::set_level(log::Level::warn);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
