#include "market/prepared_block.h"

#include "crypto/key_equations.h"
#include "market/market_rules.h"
#include "market/rules.h"

namespace jangbu::market {
namespace {

// Fewer are as fast one by one, where they are needed.
constexpr std::size_t together_least = 8;

std::span<const PointBytes> points_of(const Operation& operation) {
    if (const auto* place = std::get_if<PlaceOrder>(&operation)) return place->t;
    if (const auto* accept = std::get_if<AcceptOrder>(&operation)) return {&accept->y, 1};
    return {};
}

}  // namespace

MarketBlock::MarketBlock(std::span<const ledger::Transaction> transactions, u16 protocol_version)
    : is_active_(is_active_since_start(protocol_version)) {
    items_.reserve(transactions.size());
    for (const ledger::Transaction& transaction : transactions) {
        items_.push_back({decode_operation(transaction.body.operation), {}, {}});
        if (items_.back().operation)
            items_.back().documents = documents_of(*items_.back().operation);
    }
}

std::optional<ledger::Rejection> MarketBlock::form(std::size_t index) const {
    if (!items_[index].operation) return ledger::Rejection::malformed;
    if (!is_active_) return ledger::Rejection::not_yet_active;
    return std::nullopt;
}

u8 MarketBlock::purposes(std::size_t index) const {
    return signers_of_operation(*items_[index].operation);
}

std::optional<ledger::EpochOpening> MarketBlock::opens_epoch(std::size_t index) const {
    return epoch_opening_of(*items_[index].operation);
}

// Its access set over a state in which nothing is found.
std::vector<ledger::StateKey> MarketBlock::keys_ahead(std::size_t index,
                                                      const ledger::BlockContext& block,
                                                      const OrgId& author) const {
    static const ledger::StateTree nothing;
    const KeysContext context{block, author, nothing};
    return std::visit([&](const auto& op) { return market::keys(op, context); },
                      *items_[index].operation);
}

void MarketBlock::judge_ahead(const ledger::StateReader& parent) {
    judge_points();
    judge_keys(parent);
}

void MarketBlock::judge_points() {
    std::vector<PointBytes> points;
    for (const Item& item : items_) {
        const auto more = points_of(*item.operation);
        points.insert(points.end(), more.begin(), more.end());
    }
    if (points.size() < together_least) return;
    const auto valid = std::make_unique<bool[]>(points.size());
    crypto::KeyEquations().decode(points, {valid.get(), points.size()});
    std::size_t next = 0;
    for (Item& item : items_) {
        const std::size_t count = points_of(*item.operation).size();
        if (count == 0) continue;
        item.ahead.points = std::all_of(valid.get() + next, valid.get() + next + count,
                                        [](bool one) { return one; });
        next += count;
    }
}

void MarketBlock::judge_keys(const ledger::StateReader& parent) {
    std::vector<crypto::KeyEquation> equations;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto* post = std::get_if<PostKey>(&*items_[i].operation);
        if (!post) continue;
        const auto order = find_order(parent, post->order);
        if (!order || !order->y || order->t.size() != 1) continue;
        equations.push_back({post->m, *order->y, order->t.front()});
        places.push_back(i);
    }
    if (equations.size() < together_least) return;
    std::vector<crypto::fx1::KeyVerdict> verdicts(equations.size());
    crypto::KeyEquations().check(equations, verdicts);
    for (std::size_t i = 0; i < places.size(); ++i)
        items_[places[i]].ahead.key = {equations[i].y, equations[i].t, verdicts[i]};
}

ledger::Outcome MarketBlock::apply(std::size_t index, const TxId& id,
                                   const ledger::BlockContext& block, const ledger::Key& author,
                                   const ledger::DocumentReader& documents,
                                   ledger::Overlay& state) {
    const Item& item = items_[index];
    return apply_operation(*item.operation, {block, author, id, documents, state, {}, item.ahead});
}

}  // namespace jangbu::market
