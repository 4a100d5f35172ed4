#include "node/order_checks.h"

#include "base/assert.h"
#include "market/rules.h"

namespace jangbu::node {
namespace {

class TravellingDocuments final : public ledger::DocumentReader {
public:
    explicit TravellingDocuments(std::span<const ledger::Document> documents) {
        for (const ledger::Document& document : documents)
            by_hash_.emplace(ledger::document_hash(bcs::encode(document)), &document);
    }
    std::optional<ledger::Document> find(const ledger::DocumentHash& hash) const override {
        const auto at = by_hash_.find(hash);
        if (at == by_hash_.end()) return std::nullopt;
        return *at->second;
    }

private:
    std::map<ledger::DocumentHash, const ledger::Document*> by_hash_;
};

}  // namespace

market::Operation operation_of(const ledger::Transaction& transaction) {
    Result<market::Operation> operation = market::decode_operation(transaction.body.operation);
    JANGBU_ASSERT(operation.has_value());
    return std::move(*operation);
}

std::optional<market::OrderId> proven_order(const market::Operation& operation) {
    const auto* proof = std::get_if<market::ProveBadChunk>(&operation);
    if (!proof) return std::nullopt;
    return proof->order;
}

std::optional<market::OrderId> keyed_order(const market::Operation& operation) {
    const auto* key = std::get_if<market::PostKey>(&operation);
    if (!key) return std::nullopt;
    return key->order;
}

std::optional<ledger::RejectionCode> check_before_order(const ledger::Snapshot& snapshot,
                                                        const ledger::BlockContext& block,
                                                        const Judged& judged) {
    if (const auto order_id = keyed_order(judged.operation)) {
        const auto order = market::find_order(snapshot.state, *order_id);
        if (order && order->state == market::OrderState::locked &&
            block.market_time_ms > order->deadline_ms)
            return market::code(market::Rejection::too_late);
    }
    if (const auto* proof = std::get_if<market::ProveBadChunk>(&judged.operation)) {
        const TravellingDocuments documents(judged.documents);
        ledger::Overlay attempt(snapshot.state);
        market::Context context{block, judged.author, judged.id, documents, attempt, {}, {}};
        if (const auto rejection = market::apply(*proof, context)) return market::code(*rejection);
    }
    return std::nullopt;
}

}  // namespace jangbu::node
