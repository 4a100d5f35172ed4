// A new epoch: what a restore leaves, and the block with which the next start opens it.
#include "node/last_signed.h"
#include "node/next_epoch.h"
#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;
using node::LastSigned;
using node::NextEpoch;

namespace {

ledger::HeaderHash counted() {
    ByteArray<32> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<u8>(i);
    return ledger::HeaderHash(bytes);
}

// What `jangbud restore` writes beside a restored chain. `in` is stopped.
void set_marks(NodeWorld& in, const ledger::SnapshotPtr& head, u32 epoch, u8 reason = 1) {
    const u64 height = head->header.height;
    const LastSigned::Mark mark{epoch, height, head->hash};
    REQUIRE(write_file_atomically(in.home / "last-signed", bcs::encode(mark), FileMode::owner_only)
                .has_value());
    std::filesystem::remove(in.home / "next-epoch");
    REQUIRE(
        node::write_next_epoch(in.home / "next-epoch", NextEpoch{epoch, height, head->hash, reason})
            .has_value());
}

ledger::SnapshotPtr stopped_at(NodeWorld& in) {
    const ledger::SnapshotPtr head = in.node->head();
    in.stop();
    return head;
}

std::string open_refusal(NodeWorld& in) {
    auto opened = in.open();
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::corrupted);
    return opened.error().detail;
}

}  // namespace

TEST_CASE("next epoch: its bytes are those of docs/formats.md, and damage is told") {
    Folder folder;
    const std::filesystem::path file = folder.path / "next-epoch";
    CHECK(node::read_next_epoch(file).value() == std::nullopt);
    const NextEpoch next{3, 0x0102030405060708, counted(), 2};
    REQUIRE(node::write_next_epoch(file, next).has_value());
    const Bytes bytes = read_file(file, 100).value();
    CHECK(to_hex(bytes) ==
          "01"
          "03000000"
          "0807060504030201"
          "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
          "02");
    CHECK(node::read_next_epoch(file).value() == next);
    CHECK(node::write_next_epoch(file, next).error().code == ErrorCode::already_exists);
    const auto damaged = [&](Bytes content) {
        REQUIRE(write_file_atomically(file, content, FileMode::owner_only).has_value());
        const auto read = node::read_next_epoch(file);
        return !read && read.error().code == ErrorCode::corrupted &&
               read.error().detail.find(file.string()) != std::string::npos;
    };
    CHECK(damaged({}));
    CHECK(damaged(Bytes(100, 1)));
    for (std::size_t length = 1; length < bytes.size(); ++length)
        CHECK(damaged(to_bytes(ByteView(bytes).first(length))));
    for (const u8 reason : Bytes{0, 4}) {
        Bytes other = bytes;
        other.back() = reason;
        CHECK(damaged(other));
    }
}

TEST_CASE("epoch: a start after a restore opens it with its first block, once") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    in.mint(in.world.buyer, 5);
    FollowWorld follower(in);
    follower.start();
    follower.catch_up();
    follower.source.down = true;

    const ledger::SnapshotPtr head = stopped_at(in);
    set_marks(in, head, 4, 2);
    const u64 opened = head->header.height + 1;
    in.start();
    in.reach(opened, in.now_ms + 1);
    const ledger::SnapshotPtr first = in.node->head();
    CHECK(first->header.height == opened);
    CHECK(first->header.epoch == 4);
    CHECK(first->header.tx_count == 1);
    CHECK(first->header.state_root == head->header.state_root);
    const ledger::BlockRecord block = in.node->chain().blocks().block(opened).value();
    const auto receipt = bcs::decode<ledger::Receipt>(block.receipts.at(0)).value();
    CHECK(receipt.code == 0);
    CHECK(decode_event(receipt.events.at(0)).value() ==
          Event(EpochOpened{head->hash, head->header.height, 2}));

    in.mint(in.world.buyer, 6);  // and the market goes on
    CHECK(in.node->head()->header.epoch == 4);
    CHECK(in.account(in.world.buyer).available == 11);
    in.stop();
    in.start();  // the mark that is still there means nothing more
    in.mint(in.world.buyer, 7);
    CHECK(in.node->head()->header.epoch == 4);
    CHECK(in.node->head()->header.height == opened + 2);

    follower.source.down = false;  // nothing was lost: it goes on without a word
    follower.catch_up();
    CHECK(follower.node->head()->header.epoch == 4);
    CHECK_FALSE(follower.node->stopped().has_value());
    CHECK_FALSE(follower.has_evidence());
}

TEST_CASE("epoch: opened on the genesis of a ledger that never made a block") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    set_marks(in, stopped_at(in), 1);
    in.start();
    in.reach(1, in.now_ms + 1);
    CHECK(in.node->head()->header.epoch == 1);
}

TEST_CASE("epoch: a crash between the input and the outcome of its first block loses nothing") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    in.mint(in.world.buyer, 5);
    const ledger::SnapshotPtr head = stopped_at(in);
    set_marks(in, head, 1);
    const crypto::SigningKey validator = validator_of(in);
    ledger::HeaderHash made;
    {
        const ledger::GenesisFile genesis = genesis_of(in.world);
        market::MarketRules rules;
        const auto nobody = [](const ledger::Header&,
                               const ledger::HeaderHash&) -> Result<ledger::SoloFinality> {
            return fail(ErrorCode::conflict, "nothing to sign");
        };
        const auto chain =
            ledger::Chain::open(in.config.chain_folder, genesis, rules, nobody).value();
        const u64 time_ms = head->header.time_ms + 1;
        const NextEpoch next{1, head->header.height, head->hash, 1};
        REQUIRE(chain
                    ->append(ledger::BlockInput{
                        1,
                        head->header.height + 1,
                        time_ms,
                        head->hash,
                        {node::opening_transaction(next, in.world.chain, time_ms, validator)}})
                    .has_value());
        made = chain->execute()->hash;
    }
    in.start();
    CHECK(in.node->head()->hash == made);
    CHECK(in.node->head()->header.epoch == 1);
    in.mint(in.world.buyer, 6);
    CHECK(in.node->head()->header.height == head->header.height + 2);
}

TEST_CASE("epoch: without both marks of a restore nothing is signed") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    in.mint(in.world.buyer, 5);
    const ledger::SnapshotPtr head = stopped_at(in);
    const std::filesystem::path file = in.home / "next-epoch";
    set_marks(in, head, 1);
    std::filesystem::remove(file);
    CHECK(open_refusal(in).find("next-epoch is missing") != std::string::npos);
    for (const NextEpoch& other : {NextEpoch{2, head->header.height, head->hash, 1},
                                   NextEpoch{1, head->header.height + 1, head->hash, 1},
                                   NextEpoch{1, head->header.height, head->header.parent, 1}}) {
        std::filesystem::remove(file);
        REQUIRE(node::write_next_epoch(file, other).has_value());
        CHECK(open_refusal(in).find("is about another head") != std::string::npos);
    }
    // The mark of the new epoch on another head than this chain's.
    const LastSigned::Mark mark{1, head->header.height, head->header.parent};
    REQUIRE(write_file_atomically(in.home / "last-signed", bcs::encode(mark), FileMode::owner_only)
                .has_value());
    CHECK(open_refusal(in).find("last-signed: the chain stands at") != std::string::npos);
    set_marks(in, head, 1);
    in.start();
}

TEST_CASE("epoch: what was submitted opens none, whoever signed it") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    const ledger::SnapshotPtr head = in.node->head();
    const NextEpoch next{1, head->header.height, head->hash, 1};
    const Admitted answer =
        in.submit(node::opening_transaction(next, in.world.chain, in.now_ms + 1, validator_of(in)));
    CHECK(answer.status == Admitted::Status::refused);
    REQUIRE(answer.error.has_value());
    CHECK(answer.error->code == ErrorCode::not_allowed);
    CHECK(answer.error->detail.find("never submitted") != std::string::npos);
}
