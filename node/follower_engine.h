// FollowerEngine: an engine that orders nothing. It takes the blocks of another node, executes each
// on the node's own way (node/commit_strand.h) and compares the header hash.
//
// Of what the source says nothing is believed. What no validator signed, or does not hash to what
// one signed, is the source's trouble: nothing is taken, paused() tells it, and the follower asks
// again. What a validator signed and cannot be true ends the follower: two headers of one height,
// or a header that its own block does not give, are saved as a file that convicts the validator
// before anybody (ledger/evidence.h), and that is the reason of the stop. With a witness, heads
// that were executed are cosigned (node/witness.h) and published at the source: the first of each
// second of block time, and every one that stays the head for a second. Owns the commit strand.
// Threads: status() any; all else as OrderingEngine says.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "market/market_rules.h"
#include "node/block_source.h"
#include "node/checked_stream.h"
#include "node/clock.h"
#include "node/committed.h"
#include "node/followed_finality.h"
#include "node/following.h"
#include "node/memory_watch.h"
#include "node/ordering_engine.h"
#include "node/witness.h"

namespace jangbu::node {

class FollowerEngine final : public OrderingEngine {
public:
    struct Options {
        std::filesystem::path evidence_folder;
        u64 poll_ms = 200;
    };
    // What it stands on. The caller keeps all alive until stop().
    struct Parts {
        OrderedLedger& ledger;
        const ledger::Chain& chain;
        const ledger::GenesisFile& genesis;
        const market::MarketRules& rules;
        BlockSource& source;
        FollowedFinality& finality;
        Witness* witness = nullptr;  // of a follower that cosigns
        std::function<void(const Cosignature&)> on_cosigned = {};
        const MemoryWatch* memory = nullptr;  // at its limit no block is taken
    };
    FollowerEngine(Parts parts, Clock clock, Options options);
    ~FollowerEngine() override;

    Status start(OnFailure on_failure) override;
    void stop() override;
    void wake() override;
    std::optional<std::string> paused() const override;
    Following status() const;

private:
    void run(std::stop_token stopping);
    // One question to the source and all that follows from the answer. Errors end the follower;
    // unavailable is the source's trouble.
    Result<bool> turn(const std::stop_token& stopping);
    Status check_head(const ledger::SignedHeader& head);
    Status take(const FollowedBlock& block, CheckedFollowed checked, const FollowStream& stream);
    Status take_input(const FollowedBlock& block, ledger::CheckedBlock checked,
                      const FollowStream& stream);
    Status check_parent(const FollowedBlock& block);
    Status cosign_quiet_head();
    Status cosign_head();
    void publish_cosignatures();

    std::unexpected<Error> convict(const ledger::SignedHeader& first,
                                   const ledger::SignedHeader& second) const;
    std::unexpected<Error> convict(const FollowedBlock& block, const std::string& reason) const;
    void set_trouble(std::optional<std::string> reason);

    const Parts parts_;
    const Clock clock_;
    const Options options_;
    OnFailure on_failure_;
    std::deque<Cosignature> unpublished_;
    base::SideThread ahead_;  // looks at the next block

    mutable std::mutex mutex_;  // guards the four below
    std::condition_variable_any condition_;
    bool woken_ = false;
    std::optional<std::string> trouble_;
    Following status_;
    std::jthread strand_;  // last: it uses the rest
};

// All that convicts a block before who has nothing: `header` is of the height after the last
// outcome. `base`: of the ledger here; null in memory. Errors: those of the stores.
Result<ledger::Divergence> gather_divergence(const ledger::BlockLog& blocks,
                                             const ledger::DocumentReader& documents,
                                             const ledger::GenesisFile& genesis,
                                             const ledger::SignedHeader& header, ByteView input,
                                             std::span<const ledger::Document> more,
                                             const ledger::ChainBase* base);
// Judged, saved and named: the error with which a follower ends.
std::unexpected<Error> save_divergence(const ledger::Divergence& divergence,
                                       const std::filesystem::path& folder);

}  // namespace jangbu::node
