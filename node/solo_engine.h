// SoloEngine: one process orders, makes blocks by itself and signs headers with its own validator
// key.
//
// A block is made if a transaction waits, a deadline is due or the heartbeat has passed. Block time
// = max(previous + 1, now). No block while the clock is more than 5 s behind the last block, or
// more than 24 h ahead without accept_clock. The header is signed only after the last-signed file
// holds it. After a restore the first block opens the new epoch, and holds nothing else. Owns the
// commit strand.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "node/clock.h"
#include "node/last_signed.h"
#include "node/next_epoch.h"
#include "node/ordering_engine.h"

namespace jangbu::node {

inline constexpr u64 clock_behind_ms_max = 5'000;
inline constexpr u64 clock_ahead_ms_max = 24 * 3'600'000ull;

// Why the clock forbids a block on top of one of `previous_ms`, if so.
std::optional<std::string> clock_refusal(u64 previous_ms, u64 now_ms, bool accept_clock);
u64 solo_block_time(u64 previous_ms, u64 now_ms);
// Whether a block of this time is due even without a transaction.
bool is_due(const Agenda& agenda, u64 time_ms);

class SoloEngine final : public OrderingEngine {
public:
    struct Options {
        BlockLimits limits;
        u64 interval_ms = 0;  // least real time between two blocks
        u64 linger_ms = 0;    // real time to wait for company after the first transaction
        bool accept_clock = false;
        std::optional<NextEpoch> next_epoch;  // that the first block opens
    };
    // The caller keeps all four alive until stop().
    SoloEngine(OrderedLedger& ledger, const crypto::SigningKey& validator, LastSigned& last_signed,
               Clock clock, Options options);
    ~SoloEngine() override;

    // Errors: conflict (the clock).
    Status start(OnFailure on_failure) override;
    void stop() override;
    void wake() override;
    std::optional<std::string> paused() const override;

private:
    using Steady = std::chrono::steady_clock;

    void run(std::stop_token stopping);
    // Makes a block if one is due; then how long to rest.
    Result<std::chrono::milliseconds> turn();
    std::chrono::milliseconds time_to_block(const Agenda& agenda, Steady::time_point now);
    bool opens_epoch(const Agenda& agenda) const;
    Status make_block(const Agenda& agenda, u64 time_ms);
    void set_paused(std::optional<std::string> reason);

    OrderedLedger& ledger_;
    const crypto::SigningKey& validator_;
    LastSigned& last_signed_;
    const Clock clock_;
    const Options options_;
    OnFailure on_failure_;

    std::optional<Steady::time_point> pending_since_;
    std::optional<Steady::time_point> made_at_;

    mutable std::mutex mutex_;  // guards woken_ and paused_
    std::condition_variable_any condition_;
    bool woken_ = false;
    std::optional<std::string> paused_;
    std::jthread strand_;  // last: it uses the rest
};

// Records, then signs.
Result<ledger::SoloFinality> sign_header(const crypto::SigningKey& validator,
                                         LastSigned& last_signed, const ledger::Header& header,
                                         const ledger::HeaderHash& hash);

}  // namespace jangbu::node
