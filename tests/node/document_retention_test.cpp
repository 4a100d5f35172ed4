// Retention on a real node: what goes and what stays, restarts, replays and followers.
#include "node/document_retention.h"

#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

using ledger::DocumentClass;
using ledger::DocumentHash;

// A trade that ended in a proof, and a dataset whose profile is personal.
struct Archive {
    explicit Archive(u64 first_segment_kib = 128) : in(folder.path) {
        log::set_level(log::Level::error);
        in.config.prune_first_segment_kib = first_segment_kib;
        in.config.accept_clock = true;
        in.start();
        trade.emplace(in, 2'000'000);
        trade->to(OrderState::keyed, 2);
        const ProveBadChunk proof = trade->trade->prove(2);
        chunk = proof.chunk.hash;
        REQUIRE(in.run(in.world.buyer.deliver, proof) == 0);
        REQUIRE(trade->order().state == OrderState::refund_proven);
        TestDataset other = make_dataset(in.world, in.world.rival, 5'000);
        RegisterDataset registration = other.registration();
        registration.profile = in.world.documents.text("who measured", DocumentClass::personal);
        registration.description = in.world.documents.text("what was measured");
        personal = registration.profile->hash;
        description = registration.description->hash;
        REQUIRE(in.run(in.world.rival.transact, registration) == 0);
        proven_ms = in.node->head()->header.time_ms;
    }
    // A block that many days after the last proof.
    void after(u64 days) {
        in.reach(in.node->head()->header.height + 1, proven_ms + days * market::day_ms);
    }
    node::DocumentPlan plan() const {
        return node::plan_documents(in.node->chain(), in.world.rules, {}).value();
    }
    std::vector<DocumentHash> due() const {
        std::vector<DocumentHash> out;
        for (const ledger::Tombstone& one : plan().due) out.push_back(one.document.hash);
        return out;
    }
    bool is_buried(const DocumentHash& hash) const {
        return in.node->chain().tombstone(hash)->has_value();
    }
    // By the job of the running node.
    void prune(const DocumentHash& last) {
        const node::DocumentRetentionJob job(*in.node, {}, std::chrono::milliseconds(10));
        for (int i = 0; i < 3'000 && !is_buried(last); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        REQUIRE(is_buried(last));
    }
    void replay_everything() {
        in.stop();
        std::filesystem::remove_all(in.config.chain_folder / "state");
        in.start();
    }

    Folder folder{Folder::On::memory};
    // Everything up to the head goes, but for its last segment.
    void prune_blocks() {
        in.mint(in.world.buyer, 7);
        in.start();  // and its state is on disk
        const u64 height = in.node->head()->header.height;
        REQUIRE(in.node->chain().write_snapshot(*in.node->head()).has_value());
        const Status pruned = in.node->prune(height);
        REQUIRE_MESSAGE(pruned.has_value(), pruned.error().detail);
    }

    NodeWorld in;
    std::optional<NodeTrade> trade;
    DocumentHash chunk, personal, description;
    u64 proven_ms = 0;
};

}  // namespace

TEST_CASE("document retention: a node lets go what is due, and is the same after any start") {
    Archive archive;
    NodeWorld& in = archive.in;
    archive.after(366);
    CHECK(archive.due().empty());
    CHECK(archive.plan().kept == 4);  // two descriptions, a profile, a chunk
    archive.after(367);
    CHECK(archive.due() == std::vector{archive.personal});
    archive.prune(archive.personal);
    CHECK(archive.plan().kept == 3);
    CHECK_FALSE(in.node->chain().documents().find(archive.personal));
    CHECK(in.node->chain().documents().find(archive.chunk));

    archive.after(1'828);
    CHECK(archive.due() == std::vector{archive.chunk});
    archive.prune(archive.chunk);
    CHECK(archive.due().empty());
    const auto tombstone = in.node->chain().tombstone(archive.chunk)->value();
    CHECK(tombstone.document.access == static_cast<u8>(DocumentClass::evidence));
    CHECK(tombstone.pruned_ms == archive.proven_ms + 1'828 * market::day_ms);
    in.mint(in.world.buyer, 5);
    const ledger::Header head = in.node->head()->header;

    in.start();
    CHECK(in.node->head()->header == head);
    archive.replay_everything();
    CHECK(in.node->head()->header == head);
    CHECK(in.node->head()->state.root() == head.state_root);
    CHECK(archive.trade->order().state == OrderState::refund_proven);
    CHECK(archive.is_buried(archive.chunk));
    CHECK(in.node->chain().documents().find(archive.description));
    in.mint(in.world.buyer, 6);

    // The same profile again: it is kept again, for as long.
    TestDataset other = make_dataset(in.world, in.world.seller, 6'000);
    RegisterDataset registration = other.registration();
    registration.profile = in.world.documents.text("who measured", DocumentClass::personal);
    REQUIRE(in.run(in.world.seller.transact, registration) == 0);
    CHECK(in.node->chain().documents().find(archive.personal));
    CHECK(archive.due().empty());
    in.start();
    CHECK(in.node->chain().documents().find(archive.personal));
}

TEST_CASE("document retention: what only pruned blocks named goes at its time all the same") {
    Archive archive(4);
    NodeWorld& in = archive.in;
    archive.after(300);
    const u64 named = in.node->head()->header.height;
    while (in.node->chain().blocks().first_height() <= named) archive.prune_blocks();
    CHECK(archive.due().empty());
    CHECK(archive.plan().kept == 4);
    in.start();
    archive.after(366);
    CHECK(archive.due().empty());
    archive.after(367);
    CHECK(archive.due() == std::vector{archive.personal});
    CHECK(archive.plan().due[0].height < named);
    CHECK(archive.plan().due[0].document.access == static_cast<u8>(DocumentClass::personal));
    archive.prune(archive.personal);
    CHECK(archive.plan().kept == 3);
    CHECK_FALSE(in.node->chain().documents().find(archive.personal));
    archive.after(1'828);
    CHECK(archive.due() == std::vector{archive.chunk});
    archive.prune(archive.chunk);
    in.start();
    CHECK(archive.due().empty());
    CHECK(archive.plan().kept == 2);
    CHECK(in.node->chain().documents().find(archive.description));
}

TEST_CASE("document retention: a follower from zero takes what its source pruned") {
    Archive archive;
    archive.after(1'900);
    archive.prune(archive.chunk);
    FollowWorld follower(archive.in);
    follower.start();
    follower.catch_up();
    CHECK(follower.node->head()->state.root() == archive.in.node->head()->state.root());
    CHECK(find_order(follower.node->head()->state, archive.trade->trade->id)->state ==
          OrderState::refund_proven);
    for (const DocumentHash& hash : {archive.chunk, archive.personal})
        CHECK(follower.node->chain().tombstone(hash)->value() ==
              archive.in.node->chain().tombstone(hash)->value());
    CHECK(follower.node->chain().documents().find(archive.description));
    follower.node.reset();
    std::filesystem::remove_all(follower.config.chain_folder / "state");
    follower.start();
    CHECK(follower.node->head()->state.root() == archive.in.node->head()->state.root());

    SUBCASE("and serves who follows it, and prunes as well") {
        const auto stream =
            node::read_stream(follower.node->chain(), archive.in.world.rules, 1).value();
        const auto of_source =
            node::read_stream(archive.in.node->chain(), archive.in.world.rules, 1).value();
        CHECK(stream.pruned == of_source.pruned);
        CHECK(stream.pruned.size() == 2);
        CHECK(bcs::decode<node::FollowStream>(bcs::encode(stream)).value() == stream);
    }
    SUBCASE("and goes on") {
        archive.in.mint(archive.in.world.buyer, 5);
        follower.catch_up();
    }
}

TEST_CASE("document retention: a source that only says so is not believed") {
    Archive archive;
    const u64 at =
        find_order(archive.in.node->head()->state, archive.trade->trade->id)->closed_height;
    const auto pruned_of = [at](node::FollowStream& stream) -> node::PrunedBlock& {
        for (node::PrunedBlock& one : stream.pruned)
            if (one.height == at) return one;
        FAIL("the block of the proof is not in the stream");
        return stream.pruned.front();
    };
    FollowWorld follower(archive.in);
    std::string why;
    SUBCASE("of evidence that every node still has") {
        follower.source.set_lie([&](node::FollowStream& stream) {
            for (node::FollowedBlock& block : stream.blocks) {
                if (block.header.header.height != at) continue;
                block.documents.clear();
                const auto record = archive.in.node->chain().blocks().block(at).value();
                node::PrunedBlock lie{at, {{{archive.chunk, 4'188, 3}, at, at, 1}}, {}};
                for (const Bytes& receipt : record.receipts) lie.receipts.push_back({receipt});
                stream.pruned.push_back(lie);
            }
        });
        why = "it is evidence, and too young";
    }
    SUBCASE("with other receipts") {
        archive.after(1'900);
        archive.prune(archive.chunk);
        follower.source.set_lie([&](node::FollowStream& stream) {
            ledger::ReceiptBytes& bytes = pruned_of(stream).receipts.back();
            auto receipt = bcs::decode<ledger::Receipt>(bytes.bytes).value();
            receipt.code = code(Rejection::chunk_is_good);
            receipt.events.clear();
            bytes.bytes = bcs::encode(receipt);
        });
        why = "are not those of its signed header";
    }
    SUBCASE("without a tombstone") {
        archive.after(1'900);
        archive.prune(archive.chunk);
        follower.source.set_lie([&](node::FollowStream& stream) {
            std::erase_if(stream.pruned, [&](const auto& one) { return one.height == at; });
        });
        why = "withholds document";
    }
    SUBCASE("with a tombstone of before the block") {
        archive.after(1'900);
        archive.prune(archive.chunk);
        follower.source.set_lie(
            [&](node::FollowStream& stream) { pruned_of(stream).tombstones[0].height = at - 1; });
        why = "a tombstone that cannot be";
    }
    follower.start();
    CHECK(has(follower.trouble(), why));
    CHECK(follower.node->head()->header.height == at - 1);
    CHECK_FALSE(follower.has_evidence());
    follower.source.set_lie({});
    follower.catch_up();
}

TEST_CASE("document retention: a lie behind pruned evidence still convicts") {
    Archive archive;
    NodeWorld& in = archive.in;
    archive.after(1'900);
    archive.prune(archive.chunk);
    FollowWorld follower(in);
    follower.start();
    follower.catch_up();
    follower.source.set_lie(wrong_root_signed_in(in));
    const u64 height = in.node->head()->header.height + 1;
    in.mint(in.world.buyer, 1);
    CHECK(has(follower.stopped(), "A SIGNED BLOCK IS WRONG"));
    const auto name = "divergence-" + std::to_string(height) + ".bin";
    const Bytes file = read_file(follower.evidence(name), 1 << 24).value();
    ledger::Divergence divergence = ledger::decode_divergence(file).value();
    CHECK_FALSE(divergence.recorded.empty());
    CHECK(encode(divergence).value() == file);
    MarketRules rules;
    CHECK(ledger::check_divergence(divergence, in.world.chain, rules).value() ==
          "executing its block gives another state_root");
    for (ledger::RecordedOutcome& one : divergence.recorded)
        if (one.code == 0) one.code = code(Rejection::chunk_is_good);
    MarketRules again;
    const auto wrong = ledger::check_divergence(divergence, in.world.chain, again);
    REQUIRE(!wrong);
    CHECK(has(wrong.error().detail, "another parent"));
}

TEST_CASE("document retention: a stream with what was pruned has the bytes that are written down") {
    node::FollowStream stream;
    node::PrunedBlock block{9, {{{DocumentHash(ByteArray<32>{1}), 2, 3}, 9, 10, 11}}, {}};
    block.receipts = {{Bytes{1, 2, 3}}};
    stream.pruned = {block};
    const Bytes bytes = bcs::encode(stream);
    CHECK(bytes[0] == 2);
    const std::size_t head = bcs::encode(stream.head).size();
    CHECK(to_hex(ByteView(bytes).subspan(1 + head)) ==
          "00"                // blocks
          "01"                // pruned
          "0900000000000000"  // height
          "01"                // tombstones
          "01"
          "0100000000000000000000000000000000000000000000000000000000000000"
          "0200000003"
          "0900000000000000"
          "0a00000000000000"
          "0b00000000000000"
          "01"  // receipts
          "03010203");
    CHECK(bcs::decode<node::FollowStream>(bytes).value() == stream);
    // Version 2 without anything pruned would be a second encoding.
    Bytes empty = bcs::encode(node::FollowStream{});
    empty[0] = 2;
    CHECK_FALSE(bcs::decode<node::FollowStream>(empty));
    empty.push_back(0);
    CHECK_FALSE(bcs::decode<node::FollowStream>(empty));
}
