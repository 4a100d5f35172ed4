// OrderChecks: what a node refuses of an order before it orders it, since a block would be too late
// to help.
//
// ProveBadChunk is checked wholly (docs/exchange.md section 7), so that a proof that fails never
// reaches a block and its document is not kept. PostKey is refused if its block would find it too
// late (section 9): its m would be public for nothing. Everything else may be judged in the block.
// Threads: pure.
#pragma once

#include "ledger/executor.h"
#include "market/operations.h"

namespace jangbu::node {

struct Judged {
    const market::Operation& operation;
    const ledger::TxId& id;
    const ledger::Key& author;
    std::span<const ledger::Document> documents;
};
// `block` is the next one on top of the snapshot. Nothing = it may go on.
std::optional<ledger::RejectionCode> check_before_order(const ledger::Snapshot& snapshot,
                                                        const ledger::BlockContext& block,
                                                        const Judged& judged);

// REQUIRES: the form of the transaction was checked, so its operation decodes.
market::Operation operation_of(const ledger::Transaction& transaction);
// The order that a ProveBadChunk or PostKey is about.
std::optional<market::OrderId> proven_order(const market::Operation& operation);
std::optional<market::OrderId> keyed_order(const market::Operation& operation);

}  // namespace jangbu::node
