#include "client/order_case.h"

#include <algorithm>

#include "client/saved_json.h"

namespace jangbu::client {
namespace {

// A halted ledger adds no more than this to market time in one block (the parameter's usual value).
constexpr u64 halt_gap_ms = 5 * 60'000;

u64 since_head_ms(const ledger::Header& header) {
    const u64 now = now_ms();
    return now > header.time_ms ? std::min(now - header.time_ms, halt_gap_ms) : 0;
}

}  // namespace

Hash OrderCase::context(const ChainId& chain) const {
    return crypto::fx1::context(chain.bytes, order.id.bytes, order.dataset.bytes, order.data_root,
                                *order.y);
}

Result<OrderCase> read_case(Session& session, const OrderId& id) {
    TRY(session.refresh());
    const ProvenValue proof = TRY(session.proven(market::order_public_key(id)));
    if (!proof.value) return fail(ErrorCode::not_found, "the ledger has no order " + id.hex());
    OrderCase that;
    that.order = TRY(bcs::decode<market::OrderPublic>(*proof.value));
    that.header = proof.header;
    that.level = proof.level;
    that.dataset = TRY(proven_dataset(session, that.order.dataset));
    if (that.order.id != id || that.order.data_root != that.dataset.data_root ||
        that.order.chunk_size != that.dataset.chunk_size || that.order.n != that.shape().n())
        return fail(ErrorCode::verification_failed,
                    "order and dataset contradict each other on the ledger");
    return that;
}

Status need_buyer(const Session& session, const OrderCase& that) {
    if (that.order.buyer == session.org()) return {};
    return fail(ErrorCode::not_allowed, "only the buyer of the order does this");
}

Status need_seller(const Session& session, const OrderCase& that) {
    if (that.order.seller == session.org()) return {};
    return fail(ErrorCode::not_allowed, "only the seller of the order does this");
}

std::unexpected<Error> wrong_state(const OrderCase& that, std::string_view act) {
    return fail(ErrorCode::conflict, "an order that is " + std::string(name(that.order.state)) +
                                         " cannot be " + std::string(act));
}

u64 left_ms(const OrderCase& that) {
    const u64 passed = that.header.market_time_ms + since_head_ms(that.header);
    return that.order.deadline_ms > passed ? that.order.deadline_ms - passed : 0;
}

std::optional<u64> deadline_estimate_ms(const OrderCase& that) {
    if (market::is_terminal(that.order.state)) return std::nullopt;
    if (that.order.deadline_ms <= that.header.market_time_ms) return that.header.time_ms;
    return that.header.time_ms + (that.order.deadline_ms - that.header.market_time_ms);
}

Result<OrderFiles> order_files(Session& session, const OrderId& id) {
    return OrderFiles{TRY(session.home().order(id))};
}

Result<std::optional<SellerJournal>> load_journal(const OrderFiles& files) {
    const std::optional<Json> json = TRY(load_json(files.journal()));
    if (!json) return std::optional<SellerJournal>();
    JsonFields fields(*json, "journal.json");
    SellerJournal journal;
    journal.attempt = static_cast<u32>(fields.number("attempt"));
    journal.encrypted = fields.member("encrypted") == true;
    journal.ct_root = fields.id<StrongId<struct RootTag>>("ct_root").bytes;
    journal.data_file = fields.text("data_file");
    TRY(fields.status());
    return std::optional(journal);
}

Status save_journal(const OrderFiles& files, const SellerJournal& journal) {
    return save_json(files.journal(), {{"schema", "jangbu-seller-journal/1"},
                                       {"attempt", journal.attempt},
                                       {"encrypted", journal.encrypted},
                                       {"ct_root", to_hex(journal.ct_root)},
                                       {"data_file", journal.data_file}});
}

}  // namespace jangbu::client
