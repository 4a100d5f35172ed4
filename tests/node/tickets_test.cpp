#include "node/tickets.h"

#include "node/retention.h"
#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;
using market::parameters::hour_ms;
using node::Content;
using node::Desk;

namespace {

// A trade in MarketWorld, judged as the operator's store would.
struct TicketGate {
    MarketWorld world;
    Offer offer;
    std::optional<TestTrade> trade;
    ledger::Snapshot snapshot;
    u64 now_ms = 0;
    std::map<u64, u64> times;

    explicit TicketGate(OrderState state) {
        world.mint(world.buyer, 10'000'000);
        world.mint(world.seller, 10'000'000);
        offer = make_offer(world, world.seller, 10'000);
        trade.emplace(world, world.seller, world.buyer, offer);
        REQUIRE(trade->to(state));
        refresh();
    }
    void refresh() {
        snapshot.state = world.state;
        snapshot.header.chain_id = world.chain;
        snapshot.header.height = world.block.height;
        snapshot.header.time_ms = world.block.time_ms;
        now_ms = world.block.time_ms;
        times[world.block.height] = world.block.time_ms;
    }
    Desk desk() {
        return {snapshot, world.node.id, now_ms, [this](u64 height) -> Result<u64> {
                    const auto at = times.find(height);
                    if (at == times.end()) return fail(ErrorCode::not_found, "no such height");
                    return at->second;
                }};
    }
    Ticket ticket(TicketAction action) const {
        Ticket made;
        made.chain_id = world.chain;
        made.order = trade->id.bytes;
        made.store_org = world.node.id;
        made.action = static_cast<u8>(action);
        made.ct_root = trade->ct_root;
        made.expires_ms = now_ms + hour_ms;
        return made;
    }
    Result<Content> write(const Ticket& ticket, const crypto::SigningKey& key) {
        return node::judge_write(desk(), sign(ticket, key), trade->id.bytes);
    }
    Result<Content> read(const Ticket& ticket, const crypto::SigningKey& key) {
        return node::judge_read(desk(), sign(ticket, key), trade->id.bytes);
    }
};

template <class T>
void check_error(const Result<T>& result, ErrorCode code, std::string_view part) {
    REQUIRE(!result.has_value());
    CHECK(result.error().code == code);
    CHECK_MESSAGE(result.error().detail.find(part) != std::string::npos, result.error().detail);
}

}  // namespace

TEST_CASE("tickets: the seller writes with a transact or deliver key while PLACED or ACCEPTED") {
    for (const OrderState state : {OrderState::placed, OrderState::accepted}) {
        TicketGate gate(state);
        if (state == OrderState::placed) gate.trade->encrypt();
        for (const crypto::SigningKey* key :
             {&gate.world.seller.transact, &gate.world.seller.deliver}) {
            const auto content = gate.write(gate.ticket(TicketAction::write), *key);
            REQUIRE_MESSAGE(content.has_value(), content.error().detail);
            CHECK(content->subject == gate.trade->id.bytes);
            CHECK(content->owner == gate.world.seller.id);
            CHECK(content->data_root == gate.offer.dataset.root);
            CHECK(content->ct_root == gate.trade->ct_root);
            CHECK(content->n == 4);
            CHECK(content->byte_len == 3 * 4096 + 5);
            CHECK(content->chunk_size == 4096);
            CHECK(content->registrant == gate.world.seller.id);
        }
    }
}

TEST_CASE("tickets: what every ticket must fulfil") {
    TicketGate gate(OrderState::accepted);
    const crypto::SigningKey& key = gate.world.seller.deliver;
    Ticket ticket = gate.ticket(TicketAction::write);
    const auto refused = [&](std::string_view part) {
        check_error(gate.write(ticket, key), ErrorCode::not_allowed, part);
    };
    SUBCASE("this ledger") {
        ticket.chain_id = ChainId(named_hash("another"));
        refused("another ledger");
    }
    SUBCASE("this store") {
        ticket.store_org = gate.world.rival.id;
        refused("another store");
    }
    SUBCASE("this action") {
        ticket.action = static_cast<u8>(TicketAction::read);
        refused("another action");
    }
    SUBCASE("this order") {
        ticket.order = named_hash("another order");
        refused("another order");
    }
    SUBCASE("not expired") {
        ticket.expires_ms = gate.now_ms;
        refused("expired");
        ticket.expires_ms = gate.now_ms + 1;
        CHECK(gate.write(ticket, key).has_value());
    }
    SUBCASE("24 h at most") {
        ticket.expires_ms = gate.now_ms + 24 * hour_ms;
        CHECK(gate.write(ticket, key).has_value());
        ++ticket.expires_ms;
        refused("24 h");
        ticket.expires_ms = ~u64{0};
        refused("24 h");
    }
    SUBCASE("a true signature") {
        SignedTicket forged = sign(ticket, key);
        forged.signature[3] ^= 1;
        check_error(node::judge_write(gate.desk(), forged, gate.trade->id.bytes),
                    ErrorCode::not_allowed, "signature");
        forged = sign(ticket, key);
        ++forged.ticket.expires_ms;
        check_error(node::judge_write(gate.desk(), forged, gate.trade->id.bytes),
                    ErrorCode::not_allowed, "signature");
    }
    SUBCASE("a registered key") {
        check_error(gate.write(ticket, crypto::SigningKey(named_hash("stranger"))),
                    ErrorCode::not_allowed, "not registered");
    }
    SUBCASE("a live key") {
        REQUIRE(gate.world.run(gate.world.seller, RevokeKey{gate.world.seller.deliver_id}) == 0);
        gate.refresh();
        ticket.expires_ms = gate.now_ms + hour_ms;
        refused("not in force");
    }
    SUBCASE("the seller's key") {
        check_error(gate.write(ticket, gate.world.buyer.transact), ErrorCode::not_allowed,
                    "only the seller");
    }
    SUBCASE("an order that exists") {
        check_error(node::judge_write(gate.desk(), sign(ticket, key), named_hash("none")),
                    ErrorCode::not_found, "no such order");
    }
}

TEST_CASE("tickets: from ACCEPTED on only the accepted ct_root is written, while PLACED any") {
    TicketGate placed(OrderState::placed);
    Ticket ticket = placed.ticket(TicketAction::write);
    ticket.ct_root = named_hash("some root");
    CHECK(placed.write(ticket, placed.world.seller.deliver).has_value());

    TicketGate accepted(OrderState::accepted);
    ticket = accepted.ticket(TicketAction::write);
    ticket.ct_root = named_hash("some root");
    check_error(accepted.write(ticket, accepted.world.seller.deliver), ErrorCode::not_allowed,
                "another ct_root");
}

TEST_CASE("tickets: an order that names another store is not written or read here") {
    TicketGate gate(OrderState::accepted);
    OrderPublic order = gate.world.order(gate.trade->id);
    order.store_org = gate.world.rival.id;
    gate.world.put(order_public_key(order.id), order);
    gate.refresh();
    check_error(gate.write(gate.ticket(TicketAction::write), gate.world.seller.deliver),
                ErrorCode::not_allowed, "names another store");
    check_error(gate.read(gate.ticket(TicketAction::read), gate.world.buyer.deliver),
                ErrorCode::not_allowed, "names another store");
}

TEST_CASE("tickets: nothing is written once the order is LOCKED, or has ended") {
    for (const OrderState state : {OrderState::locked, OrderState::keyed, OrderState::settled}) {
        TicketGate gate(state);
        check_error(gate.write(gate.ticket(TicketAction::write), gate.world.seller.deliver),
                    ErrorCode::conflict, market::name(state));
    }
}

TEST_CASE("tickets: the buyer reads from ACCEPTED on, nobody else does") {
    for (const OrderState state :
         {OrderState::accepted, OrderState::locked, OrderState::keyed, OrderState::settled}) {
        TicketGate gate(state);
        const Ticket ticket = gate.ticket(TicketAction::read);
        CHECK(gate.read(ticket, gate.world.buyer.transact).has_value());
        CHECK(gate.read(ticket, gate.world.buyer.deliver).has_value());
        check_error(gate.read(ticket, gate.world.seller.deliver), ErrorCode::not_allowed,
                    "only the buyer");
        check_error(gate.read(ticket, gate.world.sibling.deliver), ErrorCode::not_allowed,
                    "only the buyer");
        check_error(gate.read(gate.ticket(TicketAction::write), gate.world.buyer.deliver),
                    ErrorCode::not_allowed, "another action");
        Ticket other = ticket;
        other.ct_root = named_hash("some root");
        check_error(gate.read(other, gate.world.buyer.deliver), ErrorCode::not_allowed,
                    "another ct_root");
    }
    TicketGate placed(OrderState::placed);
    check_error(placed.read(placed.ticket(TicketAction::read), placed.world.buyer.deliver),
                ErrorCode::conflict, "not accepted");
}

TEST_CASE("tickets: the buyer reads until 30 days after the end") {
    TicketGate gate(OrderState::settled);
    const u64 closed_ms = gate.times.at(gate.world.order(gate.trade->id).closed_height);
    gate.now_ms = closed_ms + 30 * 24 * hour_ms;
    CHECK(gate.read(gate.ticket(TicketAction::read), gate.world.buyer.deliver).has_value());
    ++gate.now_ms;
    check_error(gate.read(gate.ticket(TicketAction::read), gate.world.buyer.deliver),
                ErrorCode::conflict, "30 days");
}

TEST_CASE("tickets: what is missing is told to writer and reader") {
    TicketGate gate(OrderState::accepted);
    const auto progress = [&](TicketAction action, const crypto::SigningKey& key) {
        return node::judge_progress(gate.desk(), sign(gate.ticket(action), key),
                                    gate.trade->id.bytes);
    };
    CHECK(progress(TicketAction::write, gate.world.seller.deliver).has_value());
    CHECK(progress(TicketAction::read, gate.world.buyer.deliver).has_value());
    CHECK_FALSE(progress(TicketAction::write, gate.world.buyer.deliver).has_value());
    CHECK_FALSE(progress(TicketAction::sample, gate.world.seller.deliver).has_value());
}

TEST_CASE("tickets: the registrant publishes the sample of a dataset, which all may read") {
    TicketGate gate(OrderState::placed);
    Ticket ticket = gate.ticket(TicketAction::sample);
    ticket.order = gate.offer.dataset.id().bytes;
    ticket.ct_root = gate.offer.dataset.root;
    const auto judge = [&](const crypto::SigningKey& key) {
        return node::judge_sample(gate.desk(), sign(ticket, key), gate.offer.dataset.id().bytes);
    };
    const auto content = judge(gate.world.seller.transact);
    REQUIRE(content.has_value());
    CHECK(content->subject == gate.offer.dataset.id().bytes);
    CHECK(content->owner == gate.world.seller.id);
    CHECK(*content == node::sample_content(gate.snapshot, gate.offer.dataset.id().bytes));
    check_error(judge(gate.world.rival.transact), ErrorCode::not_allowed, "only the registrant");
    ticket.ct_root = named_hash("some root");
    check_error(judge(gate.world.seller.transact), ErrorCode::not_allowed, "another data_root");
    check_error(node::sample_content(gate.snapshot, named_hash("none")), ErrorCode::not_found,
                "no such dataset");
}

TEST_CASE("tickets: a read pass speaks for the organisation of a live key") {
    TicketGate gate(OrderState::placed);
    ReadPass pass{gate.world.chain, gate.world.buyer.id, gate.now_ms + hour_ms};
    const auto judge = [&](const crypto::SigningKey& key) {
        return node::judge_read_pass(gate.desk(), sign(pass, key));
    };
    CHECK(judge(gate.world.buyer.transact) == gate.world.buyer.id);
    CHECK(judge(gate.world.buyer.deliver) == gate.world.buyer.id);
    check_error(judge(gate.world.seller.transact), ErrorCode::not_allowed, "another organisation");
    SUBCASE("of another ledger") {
        pass.chain_id = ChainId(named_hash("another"));
        check_error(judge(gate.world.buyer.transact), ErrorCode::not_allowed, "another ledger");
    }
    SUBCASE("expired") {
        pass.expires_ms = gate.now_ms;
        check_error(judge(gate.world.buyer.transact), ErrorCode::not_allowed, "expired");
    }
    SUBCASE("changed after signing") {
        SignedReadPass forged = sign(pass, gate.world.buyer.transact);
        ++forged.pass.expires_ms;
        check_error(node::judge_read_pass(gate.desk(), forged), ErrorCode::not_allowed,
                    "signature");
    }
    SUBCASE("a ticket's signature is none") {  // same domain, another hash
        SignedReadPass forged = sign(pass, gate.world.buyer.transact);
        forged.signature =
            sign(gate.ticket(TicketAction::read), gate.world.buyer.transact).signature;
        check_error(node::judge_read_pass(gate.desk(), forged), ErrorCode::not_allowed,
                    "signature");
    }
}

TEST_CASE("tickets: decoding is strict") {
    TicketGate gate(OrderState::placed);
    const SignedTicket good = sign(gate.ticket(TicketAction::read), gate.world.buyer.transact);
    Bytes bytes = bcs::encode(good);
    CHECK(bytes.size() == 1 + 32 + 32 + 32 + 1 + 32 + 8 + 32 + 64);
    CHECK(node::decode_ticket(bytes) == good);
    bytes.push_back(0);
    CHECK(node::decode_ticket(bytes).error().code == ErrorCode::malformed);
    bytes.resize(bytes.size() - 2);
    CHECK(node::decode_ticket(bytes).error().code == ErrorCode::malformed);
    bytes.push_back(0);
    bytes[0] = 2;
    CHECK(node::decode_ticket(bytes).error().code == ErrorCode::malformed);
    CHECK(node::decode_read_pass({}).error().code == ErrorCode::malformed);
}

TEST_CASE(
    "retention: ciphertext goes 30 days after the end, or 24 h if the order was never locked") {
    const auto kept_for = [](OrderState state, bool declined) {
        TicketGate gate(state);
        if (declined) {
            REQUIRE(gate.world.run(gate.world.buyer, DeclineOrder{gate.trade->id, 1}) == 0);
            gate.refresh();
        }
        Folder folder;
        const auto store = node::open_directory_store(folder.path, 1 << 20).value();
        const Content content{gate.trade->id.bytes,
                              gate.world.seller.id,
                              gate.offer.dataset.root,
                              gate.trade->ct_root,
                              4,
                              3 * 4096 + 5,
                              4096,
                              gate.world.seller.id};
        Bytes data;
        Bytes ct;
        for (const Hash& leaf : gate.offer.dataset.leaves)
            data.insert(data.end(), leaf.begin(), leaf.end());
        for (const Hash& leaf : gate.trade->ct_leaves)
            ct.insert(ct.end(), leaf.begin(), leaf.end());
        REQUIRE(store->put_leaves(content, data, ct).has_value());
        const u64 closed_ms = gate.now_ms;
        for (const u64 hours : {u64{24}, u64{720}}) {
            gate.now_ms = closed_ms + hours * hour_ms;
            CHECK(node::sweep(gate.desk(), *store).faults == 0);
            if (store->contents().empty()) return std::string("too short");
            ++gate.now_ms;
            const node::Swept swept = node::sweep(gate.desk(), *store);
            if (swept.erased == 1) return std::to_string(hours) + " h";
        }
        return std::string("kept");
    };
    CHECK(kept_for(OrderState::settled, false) == "720 h");
    CHECK(kept_for(OrderState::accepted, true) == "24 h");
    CHECK(kept_for(OrderState::keyed, false) == "kept");
}

TEST_CASE("retention: content without an order is a fault and stays, a sample is none") {
    TicketGate gate(OrderState::settled);
    Folder folder;
    const auto store = node::open_directory_store(folder.path, 1 << 20).value();
    const auto put_sample = [&](const TestDataset& dataset) {
        const Content content{dataset.id().bytes, dataset.registrant,    dataset.root,
                              dataset.root,       dataset.leaves.size(), dataset.byte_len,
                              dataset.chunk_size, dataset.registrant};
        const Sample sample{0, dataset.records[0],
                            crypto::merkle::inclusion(0, std::span(dataset.leaves))};
        REQUIRE(store->put_sample(content, sample).has_value());
    };
    put_sample(gate.offer.dataset);
    put_sample(make_dataset(gate.world, gate.world.seller, 5'000));  // the ledger does not know it
    gate.now_ms += 365 * 24 * hour_ms;
    const node::Swept swept = node::sweep(gate.desk(), *store);
    CHECK(swept.faults == 1);
    CHECK(swept.erased == 0);
    CHECK(store->contents().size() == 2);
}
