// PreparedBlock: the operations of one block, decoded once, and judged ahead of execution where
// many at once cost less than each alone.
//
// A shortcut, never a rule: what apply() decides is what Application::apply decides.
// Ownership: made by Application::prepare; the transactions must stay where they are as long as it
// lives. Threads: the commit strand.
#pragma once

#include "ledger/block.h"
#include "ledger/rejection.h"
#include "ledger/state_view.h"
#include "ledger/transaction.h"

namespace jangbu::ledger {

struct BlockContext;
struct Key;
struct Outcome;

class PreparedBlock {
public:
    virtual ~PreparedBlock() = default;

    // Malformed, NotYetActive or nothing. All that follows REQUIRES that it is nothing.
    virtual std::optional<Rejection> form(std::size_t index) const = 0;
    virtual u8 purposes(std::size_t index) const = 0;
    virtual std::span<const DocumentRef> documents(std::size_t index) const = 0;
    // If this operation opens an epoch, what it says.
    virtual std::optional<EpochOpening> opens_epoch(std::size_t) const { return std::nullopt; }

    // State keys that the operation names by itself, without looking anything up: what apply() by
    // an author of this organisation will ask for, as far as that can be told cheaply. A hint.
    virtual std::vector<StateKey> keys_ahead(std::size_t, const BlockContext&, const OrgId&) const {
        return {};
    }

    // Against the state that the block stands on.
    virtual void judge_ahead(const StateReader& parent) = 0;
    virtual Outcome apply(std::size_t index, const TxId& id, const BlockContext& block,
                          const Key& author, const DocumentReader& documents, Overlay& state) = 0;
};

}  // namespace jangbu::ledger
