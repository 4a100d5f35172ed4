// The operations of one block, decoded once, the points and key equations of all of them judged
// together ahead of execution. See ledger/prepared_block.h.
#pragma once

#include "ledger/application.h"
#include "market/checked_ahead.h"
#include "market/operations.h"

namespace jangbu::market {

class MarketBlock final : public ledger::PreparedBlock {
public:
    MarketBlock(std::span<const ledger::Transaction> transactions, u16 protocol_version);

    std::optional<ledger::Rejection> form(std::size_t index) const override;
    u8 purposes(std::size_t index) const override;
    std::span<const DocumentRef> documents(std::size_t index) const override {
        return items_[index].documents;
    }
    std::optional<ledger::EpochOpening> opens_epoch(std::size_t index) const override;
    std::vector<ledger::StateKey> keys_ahead(std::size_t index, const ledger::BlockContext& block,
                                             const OrgId& author) const override;
    void judge_ahead(const ledger::StateReader& parent) override;
    ledger::Outcome apply(std::size_t index, const TxId& id, const ledger::BlockContext& block,
                          const ledger::Key& author, const ledger::DocumentReader& documents,
                          ledger::Overlay& state) override;

private:
    struct Item {
        Result<Operation> operation;
        std::vector<DocumentRef> documents;
        CheckedAhead ahead;
    };
    void judge_points();
    void judge_keys(const ledger::StateReader& parent);

    std::vector<Item> items_;
    bool is_active_ = false;
};

}  // namespace jangbu::market
