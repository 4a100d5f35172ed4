#include "market/market_rules.h"

#include "market/order_machine.h"
#include "market/prepared_block.h"
#include "market/rules.h"

namespace jangbu::market {
namespace {

// The executor hands over operations that were decoded once already.
Operation decoded(ByteView operation) {
    Result<Operation> result = decode_operation(operation);
    JANGBU_ASSERT(result.has_value());
    return std::move(*result);
}

constexpr u8 bit(ledger::Purpose purpose) {
    return static_cast<u8>(1u << (static_cast<unsigned>(purpose) - 1));
}
constexpr u8 transact = bit(ledger::Purpose::transact);
constexpr u8 transact_or_deliver = transact | bit(ledger::Purpose::deliver);

// T D in the table of the law: an agent acts on an order without ever holding a transact key.
template <class T>
constexpr u8 signers_of = transact;
template <>
constexpr u8 signers_of<AcceptOrder> = transact_or_deliver;
template <>
constexpr u8 signers_of<RejectOrder> = transact_or_deliver;
template <>
constexpr u8 signers_of<LockOrder> = transact_or_deliver;
template <>
constexpr u8 signers_of<PostKey> = transact_or_deliver;
template <>
constexpr u8 signers_of<ConfirmOrder> = transact_or_deliver;
template <>
constexpr u8 signers_of<ProveBadChunk> = transact_or_deliver;

template <>
constexpr u8 signers_of<OpenEpoch> = bit(ledger::Purpose::operate);

using DocumentRefs = std::vector<DocumentRef>;
void add(DocumentRefs& refs, const std::optional<DocumentRef>& ref) {
    if (ref) refs.push_back(*ref);
}
struct NamedDocuments {
    DocumentRefs refs;

    void operator()(const RegisterDataset& operation) {
        add(refs, operation.description);
        add(refs, operation.profile);
        add(refs, operation.process);
    }
    void operator()(const PublishListing& operation) {
        add(refs, operation.licence.odrl);
        refs.push_back(operation.description);
    }
    void operator()(const CreateProgramme& operation) { refs.push_back(operation.terms.rules); }
    void operator()(const PlaceOrder& operation) { add(refs, operation.terms); }
    void operator()(const ProveBadChunk& operation) { refs.push_back(operation.chunk); }
    void operator()(const AttestDataset& operation) { add(refs, operation.document); }
    template <class Other>
    void operator()(const Other&) {}
};

// The index entry of an order record, if it is open.
std::optional<std::pair<u64, OrderId>> deadline_of(ByteView record) {
    const Result<OrderPublic> order = bcs::decode<OrderPublic>(record);
    JANGBU_ASSERT(order.has_value());
    if (is_terminal(order->state)) return std::nullopt;
    return std::pair(order->deadline_ms, order->id);
}

bool is_order(ByteView key) {
    return !key.empty() && key.front() == static_cast<u8>(ledger::Table::order_public);
}

}  // namespace

ledger::Outcome apply_operation(const Operation& operation, Context context) {
    const auto refusal =
        std::visit([&](const auto& op) { return market::apply(op, context); }, operation);
    if (refusal) return {code(*refusal), {}};
    return {ledger::accepted, std::move(context.events)};
}

bool is_active_since_start(u16 protocol_version) {
    return protocol_version >= 1;
}

u8 signers_of_operation(const Operation& operation) {
    return std::visit([](const auto& op) { return signers_of<std::decay_t<decltype(op)>>; },
                      operation);
}

std::vector<DocumentRef> documents_of(const Operation& operation) {
    NamedDocuments named;
    std::visit(named, operation);
    return std::move(named.refs);
}

std::optional<ledger::EpochOpening> epoch_opening_of(const Operation& operation) {
    const auto* open = std::get_if<OpenEpoch>(&operation);
    if (!open) return std::nullopt;
    return ledger::EpochOpening{open->head, open->height, open->reason};
}

void MarketRules::read_operation(bcs::Decoder& decoder) const {
    Operation operation;
    decoder(operation);
}

// Every operation that decodes exists since version 1; those of later stages do not decode yet.
bool MarketRules::is_active(ByteView operation, u16 protocol_version) const {
    return is_active_since_start(protocol_version) && decode_operation(operation).has_value();
}

u8 MarketRules::purposes(ByteView operation) const {
    return signers_of_operation(decoded(operation));
}

std::vector<DocumentRef> MarketRules::documents(ByteView operation) const {
    return documents_of(decoded(operation));
}

std::optional<ledger::EpochOpening> MarketRules::opens_epoch(ByteView operation) const {
    return epoch_opening_of(decoded(operation));
}

std::unique_ptr<ledger::PreparedBlock> MarketRules::prepare(
    std::span<const ledger::Transaction> transactions, u16 protocol_version) const {
    return std::make_unique<MarketBlock>(transactions, protocol_version);
}

std::vector<ledger::StateKey> MarketRules::keys(ByteView operation,
                                                const ledger::BlockContext& block,
                                                const OrgId& author,
                                                const ledger::StateReader& state) const {
    const KeysContext context{block, author, state};
    return std::visit([&](const auto& op) { return market::keys(op, context); },
                      decoded(operation));
}

ledger::Outcome MarketRules::apply(ByteView operation, const TxId& id,
                                   const ledger::BlockContext& block, const ledger::Key& author,
                                   const ledger::DocumentReader& documents,
                                   ledger::Overlay& state) const {
    return apply_operation(decoded(operation), {block, author, id, documents, state, {}, {}});
}

std::vector<ledger::Receipt> MarketRules::expire(const ledger::BlockContext& block,
                                                 ledger::Overlay& state) {
    const u64 most =
        ledger::number(state, ledger::parameters::expiries_per_block_max, block.height);
    std::vector<ledger::Receipt> receipts;
    for (const auto& [deadline_ms, order] : deadlines_) {
        if (block.market_time_ms <= deadline_ms || receipts.size() >= most) break;
        receipts.push_back(expire_order(order, block, state));
    }
    return receipts;
}

std::optional<u64> MarketRules::next_deadline_ms() const {
    if (deadlines_.empty()) return std::nullopt;
    return deadlines_.begin()->first + 1;  // the deadline itself is in time
}

void MarketRules::rebuild(const ledger::StateTree& state) {
    deadlines_.clear();
    state.for_each([this](ByteView key, ByteView value) {
        if (!is_order(key)) return;
        if (const auto deadline = deadline_of(value)) deadlines_.insert(*deadline);
    });
}

void MarketRules::committed(const ledger::StateTree& before,
                            const ledger::StateTree::Changes& changes) {
    std::vector<ledger::StateKey> keys;
    std::vector<const std::optional<Bytes>*> values;
    for (const auto& [key, value] : changes) {
        if (!is_order(key)) continue;
        keys.push_back(key);
        values.push_back(&value);
    }
    std::vector<std::optional<ByteView>> old(keys.size());
    before.find_many(keys, old);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (old[i])
            if (const auto deadline = deadline_of(*old[i])) deadlines_.erase(*deadline);
        if (!*values[i]) continue;
        if (const auto deadline = deadline_of(**values[i])) deadlines_.insert(*deadline);
    }
}

}  // namespace jangbu::market
