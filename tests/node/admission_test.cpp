// Each refusal of admission has its own code, leaves no trace in the ledger and does not use the
// id.
#include "node/admission.h"

#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

// Refused with this number, and unknown to the ledger afterwards.
void check_refused(NodeWorld& in, const ledger::Transaction& transaction,
                   ledger::RejectionCode code) {
    const u64 height = in.node->head()->header.height;
    const Admitted answer = in.submit(transaction);
    CHECK(answer.status == Admitted::Status::refused);
    CHECK(answer.rejection == code);
    CHECK_FALSE(answer.error.has_value());
    CHECK(in.node->pending() == 0);
    CHECK_FALSE(in.node->chain().is_used(answer.id));
    CHECK(in.node->head()->header.height == height);
}

struct AdmissionWorld {
    Folder folder;
    NodeWorld in{folder.path};
    explicit AdmissionWorld(Folder::On on = Folder::On::disk) : folder(on) { in.start(); }
    const crypto::SigningKey& agent() const { return in.world.agent.transact; }
    Operation mint() { return in.mint_operation(in.world.buyer, 5); }
    ledger::Transaction sign(const ledger::Body& body, const crypto::SigningKey& by) const {
        return ledger::sign(body, in.world.chain, by);
    }
};

}  // namespace

TEST_CASE("admission: 1 WrongChain") {
    AdmissionWorld w;
    ledger::Body body = w.in.body(w.agent(), w.mint());
    body.chain[3] ^= 1;
    check_refused(w.in, w.sign(body, w.agent()), 1);
}

TEST_CASE("admission: 2 OutsideWindow, judged at the time of the next block") {
    AdmissionWorld w;
    ledger::Body body = w.in.body(w.agent(), w.mint());
    SUBCASE("in the future") {
        body.valid_from_ms = w.in.now_ms + 2;
    }
    SUBCASE("over") {
        body.valid_from_ms = w.in.now_ms - body.valid_for_ms - 1;
    }
    SUBCASE("longer than window_max") {
        body.valid_for_ms = 3'600'001;
    }
    SUBCASE("a sum that would wrap") {
        body.valid_from_ms = ~u64{0};
    }
    check_refused(w.in, w.sign(body, w.agent()), 2);
}

TEST_CASE("admission: a window of which the last moment is the next block's is good") {
    AdmissionWorld w;
    ledger::Body body = w.in.body(w.agent(), w.mint());
    w.in.now_ms += 10;
    body.valid_from_ms = w.in.now_ms - body.valid_for_ms;
    CHECK(w.in.submit(w.sign(body, w.agent())).status == Admitted::Status::pending);
}

TEST_CASE("admission: 4 UnknownKey") {
    AdmissionWorld w;
    const crypto::SigningKey stranger(named_hash("stranger"));
    check_refused(w.in, w.in.signed_by(stranger, w.mint()), 4);
}

TEST_CASE("admission: 5 KeyNotValid, for a revoked key from the height after") {
    AdmissionWorld w;
    const Member& seller = w.in.world.seller;
    REQUIRE(w.in.run(seller.transact, RevokeKey{seller.deliver_id}) == 0);
    check_refused(w.in, w.in.signed_by(seller.deliver, RejectOrder{OrderId(named_hash("o")), 1}),
                  5);
}

TEST_CASE("admission: 6 WrongPurpose") {
    AdmissionWorld w;
    check_refused(w.in, w.in.signed_by(w.in.world.agent.deliver, w.mint()), 6);
}

TEST_CASE("admission: 7 BadSignature, and the true one is still welcome") {
    AdmissionWorld w;
    const ledger::Transaction good = w.in.signed_by(w.agent(), w.mint());
    ledger::Transaction forged = good;
    forged.signature[40] ^= 4;
    check_refused(w.in, forged, 7);
    // Nobody burns another's id with a bad signature.
    const Admitted answer = w.in.submit(good);
    CHECK(answer.status == Admitted::Status::pending);
    CHECK(w.in.wait(answer.id).has_value());
}

TEST_CASE("admission: 8 TooLarge") {
    AdmissionWorld w;
    PlaceOrder order;
    order.t.resize(36);
    InvitedAudience many;
    many.members.resize(64);
    PublishListing listing = make_listing(w.in.world, DatasetId(named_hash("d")), FreePrice{});
    listing.audience = many;
    CHECK(ledger::encode(w.in.signed_by(w.agent(), listing)).size() <
          ledger::limits::transaction_bytes_max);
    // No operation of this stage is that long, so the body carries bytes that are none.
    ledger::Body body = w.in.body(w.agent(), listing);
    body.operation.resize(ledger::limits::transaction_bytes_max);
    check_refused(w.in, w.sign(body, w.agent()), 8);
}

TEST_CASE("admission: 11 Malformed, for bytes that are no canonical operation") {
    AdmissionWorld w;
    ledger::Body body = w.in.body(w.agent(), w.mint());
    SUBCASE("a tag of a later stage") {
        body.operation = {17, 0, 0};
    }
    SUBCASE("trailing bytes") {
        body.operation.push_back(0);
    }
    SUBCASE("cut") {
        body.operation.pop_back();
    }
    SUBCASE("empty") {
        body.operation.clear();
    }
    check_refused(w.in, w.sign(body, w.agent()), 11);
}

TEST_CASE("admission: 9 DocumentMismatch") {
    AdmissionWorld w;
    const TestDataset dataset = make_dataset(w.in.world, w.in.world.seller, 4096);
    RegisterDataset operation = dataset.registration();
    operation.description = w.in.world.documents.text("what it is");
    SUBCASE("absent") {
        operation.description->hash = ledger::DocumentHash(named_hash("none"));
    }
    SUBCASE("of another length") {
        operation.description->length += 1;
    }
    SUBCASE("of a length that no document has") {
        operation.description->length = 0;
    }
    check_refused(w.in, w.in.signed_by(w.in.world.seller.transact, operation), 9);
}

TEST_CASE(
    "admission: a document that is stored already need not travel again, others are not kept") {
    AdmissionWorld w;
    const DocumentRef ref = w.in.world.documents.text("what it is");
    const auto registration = [&] {
        RegisterDataset operation =
            make_dataset(w.in.world, w.in.world.seller, 4096).registration();
        operation.description = ref;
        return w.in.signed_by(w.in.world.seller.transact, operation);
    };
    ledger::Bundle first = w.in.bundle({registration()});
    const ledger::Document stray{named_hash("salt"), "text/plain", {1, 2, 3}};
    first.documents.push_back(stray);
    const Admitted admitted = w.in.node->submit(first).at(0);
    REQUIRE(w.in.wait(admitted.id).has_value());
    CHECK(w.in.node->chain().documents().find(ref.hash).has_value());
    CHECK_FALSE(
        w.in.node->chain().documents().find(ledger::document_hash(bcs::encode(stray))).has_value());
    const Admitted second = w.in.node->submit({{registration()}, {}}).at(0);
    CHECK(second.status == Admitted::Status::pending);
    CHECK(w.in.wait(second.id)->receipt.code == 0);
}

TEST_CASE("admission: a full mempool is a local error, not a rejection") {
    Folder folder;
    NodeWorld in(folder.path);
    in.config.mempool_transactions_max = 2;
    in.config.block_linger_ms = 2'000;
    in.start();
    const auto mint = [&](u64 amount) {
        return in.submit(
            in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, amount)));
    };
    CHECK(mint(1).status == Admitted::Status::pending);
    CHECK(mint(2).status == Admitted::Status::pending);
    const Admitted third = mint(3);
    CHECK(third.status == Admitted::Status::refused);
    CHECK(third.rejection == 0);
    REQUIRE(third.error.has_value());
    CHECK(third.error->code == ErrorCode::limit_exceeded);
}

TEST_CASE("admission: market rejections are receipts, not refusals") {
    AdmissionWorld w;
    CHECK(w.in.run(w.in.world.buyer.transact, w.mint()) == market::code(Rejection::not_allowed));
}

TEST_CASE("admission: a PostKey is promised, and the promise verifies with the validator key") {
    AdmissionWorld w;
    NodeTrade trade(w.in);
    trade.to(OrderState::locked);
    const ledger::Transaction post =
        w.in.signed_by(w.in.world.seller.deliver, trade.trade->post_key());
    const u64 head = w.in.node->head()->header.height;
    const Admitted answer = w.in.submit(post);
    CHECK(answer.status == Admitted::Status::pending);
    REQUIRE(answer.promise.has_value());
    REQUIRE(answer.promise_signature.has_value());
    CHECK(answer.promise->chain_id == w.in.world.chain);
    CHECK(answer.promise->txid == w.in.id_of(post));
    CHECK(answer.promise->head_height == head);
    CHECK(answer.promise->by_ms == w.in.now_ms + node::promise_ms);
    // docs/formats.md section 6: "jangbu/prom/v1" || H("jangbu/promise/v1", BCS(Promise))
    const Hash hash = crypto::Tag("jangbu/promise/v1")(bcs::encode(*answer.promise));
    CHECK(
        crypto::verify(w.in.node->validator(), "jangbu/prom/v1", hash, *answer.promise_signature));
    CHECK(w.in.wait(answer.id)->receipt.code == 0);
}

TEST_CASE(
    "admission: a PostKey that its block would find too late is refused, and m stays secret") {
    AdmissionWorld w(Folder::On::memory);
    NodeTrade trade(w.in);
    trade.to(OrderState::locked);
    const u64 deadline = trade.order().deadline_ms;
    w.in.approach(deadline, 30'000);
    const ledger::Header head = w.in.node->head()->header;
    const u64 at_deadline = head.time_ms + (deadline - head.market_time_ms);
    w.in.now_ms = at_deadline - 100;
    // Signed in time, but the clock passes the deadline before it arrives.
    ledger::Body body = w.in.body(w.in.world.seller.deliver, trade.trade->post_key());
    const ledger::Transaction post = w.sign(body, w.in.world.seller.deliver);
    w.in.now_ms = at_deadline + 1;
    const Admitted answer = w.in.submit(post);
    // Within the same 100 ms the strand may see the clock first: then the order has expired.
    if (answer.status == Admitted::Status::refused) {
        CHECK(answer.rejection == market::code(Rejection::too_late));
        CHECK_FALSE(answer.promise.has_value());
    } else {
        CHECK(w.in.wait(answer.id)->receipt.code == market::code(Rejection::wrong_state));
    }
    CHECK_FALSE(trade.order().m.has_value());
}

TEST_CASE("admission: a proof of a bad chunk is checked wholly before it is ordered") {
    AdmissionWorld w;
    NodeTrade trade(w.in);
    const Member& buyer = w.in.world.buyer;
    SUBCASE("a good one wins, and its document is kept") {
        trade.to(OrderState::keyed, 2);
        const ProveBadChunk proof = trade.trade->prove(2);
        CHECK(w.in.run(buyer.deliver, proof) == 0);
        CHECK(trade.order().state == OrderState::refund_proven);
        CHECK(w.in.node->chain().documents().find(proof.chunk.hash).has_value());
    }
    SUBCASE("one of a good chunk never reaches a block, and its document is not kept") {
        trade.to(OrderState::keyed, 2);
        const ProveBadChunk proof = trade.trade->prove(1);
        check_refused(w.in, w.in.signed_by(buyer.deliver, proof),
                      market::code(Rejection::chunk_is_good));
        CHECK_FALSE(w.in.node->chain().documents().find(proof.chunk.hash).has_value());

        // One attempt per order and minute.
        const Admitted soon = w.in.submit(w.in.signed_by(buyer.deliver, trade.trade->prove(2)));
        REQUIRE(soon.error.has_value());
        CHECK(soon.error->code == ErrorCode::limit_exceeded);
        w.in.now_ms += 60'000;
        CHECK(w.in.run(buyer.deliver, trade.trade->prove(2)) == 0);
    }
    SUBCASE("others fail at the first guard and take no attempt away") {
        trade.to(OrderState::keyed, 2);
        const ProveBadChunk proof = trade.trade->prove(2);
        for (int i = 0; i < 3; ++i)
            check_refused(w.in, w.in.signed_by(w.in.world.rival.deliver, proof),
                          market::code(Rejection::not_allowed));
        CHECK(w.in.run(buyer.deliver, proof) == 0);
    }
    SUBCASE("a forged signature takes no attempt away") {
        trade.to(OrderState::keyed, 2);
        ledger::Transaction forged = w.in.signed_by(buyer.deliver, trade.trade->prove(1));
        forged.signature[0] ^= 1;
        check_refused(w.in, forged, 7);
        CHECK(w.in.run(buyer.deliver, trade.trade->prove(2)) == 0);
    }
}

TEST_CASE("admission: of two proofs of one order the second is dropped and its document not kept") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    NodeTrade trade(in);
    trade.to(OrderState::keyed, 2);
    in.stop();
    in.config.block_linger_ms = 500;
    in.start();
    const ProveBadChunk first = trade.trade->prove(2);
    ProveBadChunk second = first;
    second.chunk = in.world.documents.add(
        {named_hash("another salt"), "application/octet-stream", trade.trade->ciphertext[2]},
        ledger::DocumentClass::evidence);
    const Admitted winner = in.submit(in.signed_by(in.world.buyer.deliver, first));
    in.now_ms += 60'000;  // the pause is over while the first still waits, or is being committed
    const Admitted loser = in.submit(in.signed_by(in.world.buyer.deliver, second));
    CHECK(winner.status == Admitted::Status::pending);
    CHECK(in.wait(winner.id)->receipt.code == 0);
    if (loser.status == Admitted::Status::pending)
        CHECK_FALSE(in.wait(loser.id).has_value());
    else
        CHECK(loser.rejection == market::code(Rejection::wrong_state));
    CHECK_FALSE(in.node->find(loser.id).has_value());
    CHECK_FALSE(in.node->chain().documents().find(second.chunk.hash).has_value());
}
