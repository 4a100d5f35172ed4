// What a block costs, by stage: wall time, and CPU time of the whole process (all threads, with
// what a database does in the background). Stages nest: the time of an inner one is taken off the
// outer one, so that stages add up to the block.
//
// The seams of the ledger are where it is measured: stores and signature checker are the real ones
// behind a clock. Threads: one.
#pragma once

#include <time.h>

#include <array>
#include <vector>

#include "ledger/chain.h"

namespace jangbu::bench {

enum class Stage : std::size_t {
    decode,
    documents,
    check,
    signatures,
    input_durable,
    execute,
    outcome_durable,
    publish,
    state_flush,
};
inline constexpr std::size_t stage_count = 9;
const char* name(Stage stage);

struct Cost {
    double wall_s = 0;
    double cpu_s = 0;
    Cost& operator+=(const Cost& more) {
        wall_s += more.wall_s;
        cpu_s += more.cpu_s;
        return *this;
    }
    Cost& operator-=(const Cost& less) {
        wall_s -= less.wall_s;
        cpu_s -= less.cpu_s;
        return *this;
    }
};
// Since some moment.
Cost now();
using BlockCost = std::array<Cost, stage_count>;
Cost total(const BlockCost& block);

class StageClock {
public:
    template <class Work>
    auto run(Stage stage, Work work) {
        const Scope scope(*this, stage);
        return work();
    }
    // Of everything since the last call.
    BlockCost take();

private:
    class Scope {
    public:
        Scope(StageClock& clock, Stage stage);
        ~Scope();
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        StageClock& clock_;
        Stage stage_;
        Scope* outer_;
        Cost from_;
        Cost inner_;
    };

    Scope* innermost_ = nullptr;
    BlockCost block_;
};

// The stores under `folder`, states from elsewhere, and a checker, behind the clock.
Result<ledger::Stores> open_measured_stores(const std::filesystem::path& folder,
                                            const ledger::ChainId& chain, StageClock& clock,
                                            std::unique_ptr<ledger::StateStore> states);

class MeasuredChecker final : public ledger::SignatureChecker {
public:
    MeasuredChecker(ledger::SignatureChecker& below, StageClock& clock)
        : below_(below), clock_(clock) {}
    void check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) override {
        clock_.run(Stage::signatures, [&] { below_.check(claims, verdicts); });
    }

private:
    ledger::SignatureChecker& below_;
    StageClock& clock_;
};

}  // namespace jangbu::bench
