#include "node/tickets.h"

#include "crypto/fair_exchange.h"
#include "market/state_keys.h"

namespace jangbu::node {
namespace {

using ledger::Key;
using ledger::Purpose;
using market::Dataset;
using market::Hash;
using market::OrderId;
using market::OrderPublic;
using market::OrderState;
using market::OrgId;
using market::SignedTicket;
using market::TicketAction;

std::unexpected<Error> refuse(std::string reason) {
    return fail(ErrorCode::not_allowed, std::move(reason));
}

// The key that signed, if it is live at the next block. x25519 keys sign nothing.
Result<Key> live_key(const Desk& desk, const market::PublicKey& bytes) {
    const ledger::StateReader& state = desk.snapshot.state;
    const std::optional<Key> key = ledger::find_key_by_bytes(state, bytes.bytes);
    if (!key || key->kind != static_cast<u8>(ledger::KeyKind::ed25519))
        return refuse("the key is not registered");
    const u64 time_ms = std::max(desk.now_ms, desk.snapshot.header.time_ms);
    if (!key->live_at(desk.snapshot.header.height + 1, time_ms))
        return refuse("the key is not in force");
    return *key;
}

bool may_write(const Key& key) {
    return key.purpose == static_cast<u8>(Purpose::transact) ||
           key.purpose == static_cast<u8>(Purpose::deliver);
}

Status check_life(const Desk& desk, const market::ChainId& chain, u64 expires_ms) {
    if (chain != desk.snapshot.header.chain_id) return refuse("it is for another ledger");
    if (expires_ms <= desk.now_ms) return refuse("it has expired");
    if (expires_ms - desk.now_ms > ticket_life_ms_max) return refuse("it lives longer than 24 h");
    return {};
}

// What every ticket must fulfil; the signature, which costs most, comes last.
Result<Key> judge(const Desk& desk, const SignedTicket& signed_ticket, TicketAction action,
                  const Hash& subject) {
    const market::Ticket& ticket = signed_ticket.ticket;
    TRY(check_life(desk, ticket.chain_id, ticket.expires_ms));
    if (ticket.store_org != desk.store_org) return refuse("it is for another store");
    if (ticket.action != static_cast<u8>(action)) return refuse("it is for another action");
    if (ticket.order != subject) return refuse("it is for another order or dataset");
    const Key key = TRY(live_key(desk, signed_ticket.key));
    if (!crypto::verify(signed_ticket.key, crypto::domain::ticket, market::ticket_hash(ticket),
                        signed_ticket.signature))
        return refuse("its signature is wrong");
    return key;
}

Result<OrderPublic> order_of(const Desk& desk, const Hash& id) {
    const auto order = market::find_order(desk.snapshot.state, OrderId(id));
    if (!order) return fail(ErrorCode::not_found, "no such order");
    return *order;
}

Result<Content> content_of(const Desk& desk, const OrderPublic& order, const Hash& ct_root) {
    const auto dataset = market::find_dataset(desk.snapshot.state, order.dataset);
    JANGBU_ASSERT(dataset.has_value());
    return Content{order.id.bytes, order.seller,      order.data_root,  ct_root,
                   order.n,        dataset->byte_len, order.chunk_size, dataset->registrant};
}

Status check_accepted(const Desk& desk, const OrderPublic& order, const Hash& ct_root) {
    if (order.ct_root != ct_root) return refuse("the order was accepted with another ct_root");
    if (order.store_org != desk.store_org) return refuse("the order names another store");
    return {};
}

Status check_not_too_old(const Desk& desk, const OrderPublic& order) {
    if (!market::is_terminal(order.state)) return {};
    const u64 closed_ms = TRY(desk.time_of(order.closed_height));
    if (desk.now_ms > closed_ms && desk.now_ms - closed_ms > read_after_end_ms)
        return fail(ErrorCode::conflict, "the order ended more than 30 days ago");
    return {};
}

}  // namespace

Result<SignedTicket> decode_ticket(ByteView bytes) {
    return bcs::decode<SignedTicket>(bytes);
}
Result<market::SignedReadPass> decode_read_pass(ByteView bytes) {
    return bcs::decode<market::SignedReadPass>(bytes);
}

Result<Content> judge_write(const Desk& desk, const SignedTicket& ticket, const Hash& order_id) {
    const OrderPublic order = TRY(order_of(desk, order_id));
    const Key key = TRY(judge(desk, ticket, TicketAction::write, order_id));
    if (key.org != order.seller) return refuse("only the seller writes");
    if (!may_write(key)) return refuse("writing takes a transact or deliver key");
    if (order.state == OrderState::accepted) {
        TRY(check_accepted(desk, order, ticket.ticket.ct_root));
    } else if (order.state != OrderState::placed) {
        return fail(ErrorCode::conflict, std::string("nothing is written while the order is ") +
                                             market::name(order.state));
    }
    return content_of(desk, order, ticket.ticket.ct_root);
}

Result<Content> judge_read(const Desk& desk, const SignedTicket& ticket, const Hash& order_id) {
    const OrderPublic order = TRY(order_of(desk, order_id));
    const Key key = TRY(judge(desk, ticket, TicketAction::read, order_id));
    if (key.org != order.buyer) return refuse("only the buyer reads");
    if (!order.ct_root) return fail(ErrorCode::conflict, "the order was not accepted");
    TRY(check_accepted(desk, order, ticket.ticket.ct_root));
    TRY(check_not_too_old(desk, order));
    return content_of(desk, order, ticket.ticket.ct_root);
}

Result<Content> judge_progress(const Desk& desk, const SignedTicket& ticket, const Hash& order) {
    return ticket.ticket.action == static_cast<u8>(TicketAction::read)
               ? judge_read(desk, ticket, order)
               : judge_write(desk, ticket, order);
}

Result<Content> judge_sample(const Desk& desk, const SignedTicket& ticket, const Hash& dataset) {
    const Content content = TRY(sample_content(desk.snapshot, dataset));
    const Key key = TRY(judge(desk, ticket, TicketAction::sample, dataset));
    if (key.org != content.registrant) return refuse("only the registrant publishes a sample");
    if (!may_write(key)) return refuse("publishing takes a transact or deliver key");
    if (ticket.ticket.ct_root != content.data_root) return refuse("it names another data_root");
    return content;
}

Result<Content> sample_content(const ledger::Snapshot& snapshot, const Hash& dataset_id) {
    const auto dataset = market::find_dataset(snapshot.state, market::DatasetId(dataset_id));
    if (!dataset) return fail(ErrorCode::not_found, "no such dataset");
    const u64 n = crypto::fx1::chunk_count(dataset->byte_len, dataset->chunk_size);
    return Content{dataset_id, dataset->registrant, dataset->data_root,  dataset->data_root,
                   n,          dataset->byte_len,   dataset->chunk_size, dataset->registrant};
}

Result<OrgId> judge_read_pass(const Desk& desk, const market::SignedReadPass& signed_pass) {
    const market::ReadPass& pass = signed_pass.pass;
    TRY(check_life(desk, pass.chain_id, pass.expires_ms));
    const Key key = TRY(live_key(desk, signed_pass.key));
    if (key.org != pass.org) return refuse("the key is of another organisation");
    if (!crypto::verify(signed_pass.key, crypto::domain::ticket, market::read_pass_hash(pass),
                        signed_pass.signature))
        return refuse("its signature is wrong");
    return pass.org;
}

}  // namespace jangbu::node
