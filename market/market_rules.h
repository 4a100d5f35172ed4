// MarketRules: the market as the ledger's Application.
//
// Dispatches an operation to the file that bears its name, runs order expiries from the deadline index, and keeps that
// index equal to state. Rules are pure functions over a state view; money moves through market/money.h alone.
// Threads: see ledger::Application.
#pragma once

#include <set>

#include "ledger/application.h"
#include "market/operations.h"

namespace jangbu::market {

class MarketRules final : public ledger::Application {
public:
    void read_operation(bcs::Decoder& decoder) const override;
    bool is_active(ByteView operation, u16 protocol_version) const override;
    u8 purposes(ByteView operation) const override;
    std::vector<DocumentRef> documents(ByteView operation) const override;
    std::optional<ledger::EpochOpening> opens_epoch(ByteView operation) const override;
    std::vector<ledger::StateKey> keys(ByteView operation, const ledger::BlockContext& block, const OrgId& author,
                                       const ledger::StateReader& state) const override;
    ledger::Outcome apply(ByteView operation, const TxId& id, const ledger::BlockContext& block,
                          const ledger::Key& author, const ledger::DocumentReader& documents,
                          ledger::Overlay& state) const override;
    std::unique_ptr<ledger::PreparedBlock> prepare(std::span<const ledger::Transaction> transactions,
                                                   u16 protocol_version) const override;
    std::vector<ledger::Receipt> expire(const ledger::BlockContext& block, ledger::Overlay& state) override;
    std::optional<u64> next_deadline_ms() const override;
    void rebuild(const ledger::StateTree& state) override;
    void committed(const ledger::StateTree& before, const ledger::StateTree::Changes& changes) override;

    // Every open order has exactly one entry: (deadline in market time, order).
    using DeadlineIndex = std::set<std::pair<u64, OrderId>>;
    const DeadlineIndex& deadlines() const { return deadlines_; }

private:
    DeadlineIndex deadlines_;
};

}  // namespace jangbu::market
