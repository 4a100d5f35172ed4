#include "node/solo_engine.h"

#include "base/log.h"

namespace jangbu::node {
namespace {

// The longest rest: a clock that jumps, a wait that ends and a deadline are all noticed this soon.
constexpr std::chrono::milliseconds rest_max{100};

}  // namespace

ledger::BlockInput block_input(const Proposal& proposal) {
    ledger::BlockInput input{
        proposal.epoch, proposal.height, proposal.time_ms, proposal.parent, {}};
    for (const ledger::Bundle& bundle : proposal.bundles)
        input.transactions.insert(input.transactions.end(), bundle.transactions.begin(),
                                  bundle.transactions.end());
    return input;
}

std::optional<std::string> clock_refusal(u64 previous_ms, u64 now_ms, bool accept_clock) {
    if (now_ms < previous_ms && previous_ms - now_ms > clock_behind_ms_max)
        return "the clock is " + std::to_string((previous_ms - now_ms) / 1'000) +
               " s behind the last block";
    if (!accept_clock && now_ms > previous_ms && now_ms - previous_ms > clock_ahead_ms_max)
        return "the clock is " + std::to_string((now_ms - previous_ms) / 3'600'000) +
               " h ahead of the last block; if the clock is right, start with --accept-clock";
    return std::nullopt;
}

u64 solo_block_time(u64 previous_ms, u64 now_ms) {
    return std::max(previous_ms + 1, now_ms);
}

bool is_due(const Agenda& agenda, u64 time_ms) {
    if (time_ms - agenda.head.time_ms >= agenda.heartbeat_ms) return true;
    return agenda.next_deadline_ms &&
           ledger::market_time_after(agenda.head, time_ms, agenda.halt_gap_ms) >=
               *agenda.next_deadline_ms;
}

Result<ledger::SoloFinality> sign_header(const crypto::SigningKey& validator,
                                         LastSigned& last_signed, const ledger::Header& header,
                                         const ledger::HeaderHash& hash) {
    TRY(last_signed.record({header.epoch, header.height, hash}));
    return ledger::SoloFinality{validator.public_key(),
                                validator.sign(crypto::domain::header, hash.bytes)};
}

SoloEngine::SoloEngine(OrderedLedger& ledger, const crypto::SigningKey& validator,
                       LastSigned& last_signed, Clock clock, Options options)
    : ledger_(ledger),
      validator_(validator),
      last_signed_(last_signed),
      clock_(std::move(clock)),
      options_(options) {}
SoloEngine::~SoloEngine() {
    stop();
}

Status SoloEngine::start(OnFailure on_failure) {
    const u64 head_ms = ledger_.agenda().head.time_ms;
    if (const auto refusal = clock_refusal(head_ms, clock_(), options_.accept_clock))
        return fail(ErrorCode::conflict, *refusal);
    on_failure_ = std::move(on_failure);
    strand_ = std::jthread([this](std::stop_token stopping) { run(std::move(stopping)); });
    return {};
}

void SoloEngine::stop() {
    strand_.request_stop();
    if (strand_.joinable()) strand_.join();
}

void SoloEngine::wake() {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
    condition_.notify_one();
}

std::optional<std::string> SoloEngine::paused() const {
    const std::scoped_lock lock(mutex_);
    return paused_;
}

void SoloEngine::set_paused(std::optional<std::string> reason) {
    const std::scoped_lock lock(mutex_);
    if (reason && !paused_) log::warn("node", "no blocks for now", {{"reason", *reason}});
    if (!reason && paused_) log::info("node", "blocks again");
    paused_ = std::move(reason);
}

void SoloEngine::run(std::stop_token stopping) {
    while (!stopping.stop_requested()) {
        const Result<std::chrono::milliseconds> rest = turn();
        if (!rest) {
            on_failure_(rest.error());
            return;
        }
        std::unique_lock lock(mutex_);
        condition_.wait_for(lock, stopping, *rest, [this] { return woken_; });
        woken_ = false;
    }
}

Result<std::chrono::milliseconds> SoloEngine::turn() {
    const u64 now_ms = clock_();
    ledger_.turned(now_ms);
    const Agenda agenda = ledger_.agenda();
    std::optional<std::string> refusal =
        clock_refusal(agenda.head.time_ms, now_ms, options_.accept_clock);
    const bool clock_is_wrong = refusal.has_value();
    set_paused(std::move(refusal));
    if (clock_is_wrong) return rest_max;

    const u64 time_ms = solo_block_time(agenda.head.time_ms, now_ms);
    if (!is_due(agenda, time_ms) && !opens_epoch(agenda)) {
        const std::chrono::milliseconds rest = time_to_block(agenda, Steady::now());
        if (rest > std::chrono::milliseconds::zero()) return std::min(rest, rest_max);
    }
    TRY(make_block(agenda, time_ms));
    pending_since_.reset();
    made_at_ = Steady::now();
    return std::chrono::milliseconds::zero();
}

// Zero: now. Company is waited for after the first transaction, unless a block is full of them.
std::chrono::milliseconds SoloEngine::time_to_block(const Agenda& agenda, Steady::time_point now) {
    if (agenda.pending == 0) {
        pending_since_.reset();
        return rest_max;
    }
    if (!pending_since_) pending_since_ = now;
    Steady::time_point from = now;
    if (agenda.pending < options_.limits.transactions_max)
        from = std::max(from, *pending_since_ + std::chrono::milliseconds(options_.linger_ms));
    if (made_at_)
        from = std::max(from, *made_at_ + std::chrono::milliseconds(options_.interval_ms));
    return std::chrono::ceil<std::chrono::milliseconds>(from - now);
}

bool SoloEngine::opens_epoch(const Agenda& agenda) const {
    return options_.next_epoch && agenda.head.epoch < options_.next_epoch->epoch;
}

Status SoloEngine::make_block(const Agenda& agenda, u64 time_ms) {
    Proposal proposal{agenda.head.epoch, agenda.head.height + 1, time_ms, agenda.head_hash, {}};
    if (opens_epoch(agenda)) {
        const NextEpoch& next = *options_.next_epoch;
        proposal.epoch = next.epoch;
        proposal.bundles.push_back(
            {{opening_transaction(next, agenda.head.chain_id, time_ms, validator_)}, {}});
        log::info("node", "a new epoch begins",
                  {{"epoch", u64{next.epoch}}, {"height", proposal.height}});
    } else {
        proposal.bundles = ledger_.prepare(time_ms, options_.limits);
    }
    // All that waited may have been dropped, and then nothing is due.
    if (proposal.bundles.empty() && !is_due(agenda, time_ms)) return {};
    TRY(ledger_.check(proposal));
    const Finalized finalized = TRY(ledger_.finalize(std::move(proposal)));
    const ledger::SoloFinality finality =
        TRY(sign_header(validator_, last_signed_, finalized.header, finalized.hash));
    return ledger_.commit(finality);
}

}  // namespace jangbu::node
