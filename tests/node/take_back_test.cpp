// A follower that is taken back, so that it can follow a node that was restored without its newest
// blocks.
#include "node/take_back.h"

#include "node/last_signed.h"
#include "node/next_epoch.h"
#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;
namespace fs = std::filesystem;

namespace {

// A node that lost the blocks above `height` while its follower kept them.
struct Lost {
    Folder folder{Folder::On::memory};
    NodeWorld in{folder.path / "node"};
    FollowWorld follower;
    u64 height = 0;
    std::vector<ledger::SignedHeader> left;  // the lost ones, ascending
    std::vector<node::Cosignature> cosigned;

    explicit Lost(u64 lost, bool is_witness = false)
        : follower(in, is_witness ? std::optional(witness_seed(in.world.agent)) : std::nullopt) {
        log::set_level(log::Level::error);
        in.start();
        add_witness_key(in, in.world.agent);
        follower.start();
        mint(3);
        height = in.node->head()->header.height;
        follower.node.reset();
        in.stop();
        fs::copy(in.home, folder.path / "backup", fs::copy_options::recursive);
        in.start();
        follower.start();
        mint(lost);
        if (is_witness) see_cosigned();
        follower.node.reset();
        for (u64 above = height + 1; above <= height + lost; ++above)
            left.push_back(in.node->chain().header(above).value());
        in.stop();
        fs::remove_all(in.home);
        fs::rename(folder.path / "backup", in.home);
        go_on();
    }
    void mint(u64 times) {
        for (u64 i = 1; i <= times; ++i) in.mint(in.world.buyer, i);
        follower.catch_up();
    }
    void see_cosigned() {
        const u64 top = in.node->head()->header.height;
        REQUIRE(follower.comes([&] { return !in.node->cosignatures().of(top).empty(); }));
        cosigned = follower.source.cosignatures();
    }
    // What `jangbud restore --lose-blocks` leaves, and the start behind it.
    void go_on() {
        const ledger::HeaderHash head = ledger::header_hash(restored_head());
        const node::LastSigned::Mark mark{1, height, head};
        REQUIRE(
            write_file_atomically(in.home / "last-signed", bcs::encode(mark), FileMode::owner_only)
                .has_value());
        REQUIRE(node::write_next_epoch(in.home / "next-epoch", node::NextEpoch{1, height, head, 1})
                    .has_value());
        in.start();
        in.reach(height + 1, in.now_ms + 1);
        REQUIRE(in.node->head()->header.epoch == 1);
    }
    ledger::Header restored_head() {
        market::MarketRules rules;
        const Bytes file = read_file(in.config.genesis_file, 64 << 20).value();
        const auto genesis = ledger::decode_genesis_file(file).value();
        ledger::Chain::Options options;
        options.signs_genesis = false;
        const auto chain =
            ledger::Chain::open(in.config.chain_folder, genesis, rules, {}, options).value();
        return chain->head()->header;
    }
    Result<node::TakenBack> take_back(u64 to) { return node::take_back(follower.config.home, to); }
    // The genesis stands in the home of a real follower.
    void settle() {
        fs::copy_file(in.config.genesis_file, follower.config.home / "genesis.bin",
                      fs::copy_options::overwrite_existing);
    }
};

}  // namespace

TEST_CASE("take back: a follower goes back to the restored height and follows the new epoch") {
    Lost w(5);
    w.settle();
    w.follower.start();
    CHECK(w.follower.stopped().find("TWO SIGNED HEADS") != std::string::npos);
    CHECK(w.take_back(w.height).error().detail.find("is held") != std::string::npos);
    w.follower.node.reset();

    const auto taken = w.take_back(w.height);
    REQUIRE_MESSAGE(taken.has_value(), taken.error().detail);
    CHECK(taken->from == w.height + 5);
    CHECK(taken->height == w.height);
    CHECK(taken->left_blocks.parent_path() == w.follower.config.home);
    const auto kept =
        bcs::decode<node::LeftBlocks>(read_file(taken->left_blocks, 64 << 20).value());
    REQUIRE(kept.has_value());
    CHECK(kept->chain == w.in.world.chain);
    REQUIRE(kept->blocks.size() >= w.left.size());
    for (std::size_t i = 0; i < w.left.size(); ++i) {
        CHECK(kept->blocks[i].header == w.left[i]);
        const auto input = ledger::decode_block_input(kept->blocks[i].input, w.in.world.rules);
        REQUIRE(input.has_value());
        CHECK(input->height == w.left[i].header.height);
    }
    const auto again = w.take_back(w.height);
    REQUIRE(again.has_value());
    CHECK(again->from == w.height);
    CHECK(again->head == taken->head);
}

TEST_CASE("take back: then it follows, and the lost payments are not in its state") {
    Lost w(4);
    w.settle();
    REQUIRE(w.take_back(w.height).has_value());
    w.follower.start();
    w.follower.catch_up();
    w.mint(3);
    CHECK(w.follower.node->head()->header.epoch == 1);
    CHECK_FALSE(w.follower.node->stopped().has_value());
    CHECK_FALSE(w.follower.has_evidence());
    const auto balance = [&](const node::Node& at) {
        return account_of(at.head()->state, w.in.world.buyer.id).available;
    };
    CHECK(balance(*w.follower.node) == balance(*w.in.node));
    CHECK(balance(*w.in.node) == 12);  // 1 + 2 + 3, twice
    w.follower.start();                // and the next start has nothing to complain of
    w.follower.catch_up();
}

TEST_CASE("take back: is refused where a key signs, where nothing is, and where no way leads") {
    Lost w(2);
    w.settle();
    CHECK(code_of(node::take_back(w.folder.path / "nowhere", 1)) == ErrorCode::not_found);
    CHECK(code_of(node::take_back(w.folder.path, 1)) == ErrorCode::conflict);
    const auto own = node::take_back(w.in.home, 1);
    CHECK(code_of(own) == ErrorCode::conflict);
    CHECK(own.error().detail.find("two blocks of one height") != std::string::npos);
    const auto above = w.take_back(w.height + 9);
    CHECK(code_of(above) == ErrorCode::conflict);
    CHECK(above.error().detail.find("nothing to take back") != std::string::npos);
    // A state store without its window: the way out that the message names.
    fs::remove_all(w.follower.config.chain_folder / "state");
    REQUIRE(w.take_back(0).has_value());
    w.follower.start();
    w.follower.catch_up();
}

TEST_CASE("take back: a witness that cosigned a head above is refused, and keeps its evidence") {
    Lost w(3, true);
    w.settle();
    const fs::path mark_file = w.follower.config.home / "last-cosigned";
    const Bytes mark = read_file(mark_file, 4'096).value();
    const auto refused = w.take_back(w.height);
    CHECK(code_of(refused) == ErrorCode::conflict);
    CHECK(refused.error().detail.find("a witness that cosigned") != std::string::npos);
    CHECK(read_file(mark_file, 4'096).value() == mark);
    w.follower.start();
    CHECK(w.follower.stopped().find("TWO SIGNED HEADS") != std::string::npos);
    w.follower.node.reset();

    // The same folder without the witness's mark: cosignatures of the heads above are kept beside,
    // and are in no later proof.
    fs::remove(mark_file);
    w.follower.witness.reset();
    const auto taken = w.take_back(w.height);
    REQUIRE_MESSAGE(taken.has_value(), taken.error().detail);
    const auto kept =
        bcs::decode<node::LeftBlocks>(read_file(taken->left_blocks, 64 << 20).value()).value();
    REQUIRE_FALSE(kept.cosignatures.empty());
    CHECK(taken->cosignatures == kept.cosignatures.size());
    for (const node::Cosignature& one : kept.cosignatures) {
        CHECK(one.height > w.height);
        CHECK(std::ranges::find(w.cosigned, one) != w.cosigned.end());
    }
    w.follower.start();
    w.follower.catch_up();
    w.mint(4);
    for (const ledger::SignedHeader& lost : w.left)
        CHECK(w.follower.node->cosignatures().of(lost.header.height).empty());
}

TEST_CASE("take back: the bytes of what it keeps") {
    node::LeftBlocks left;
    left.chain = ledger::ChainId(ByteArray<32>{7});
    CHECK(to_hex(bcs::encode(left)) ==
          "01"
          "0700000000000000000000000000000000000000000000000000000000000000"
          "0000");
    left.blocks.push_back({{}, Bytes{1, 2}});
    left.cosignatures.push_back({});
    const Bytes bytes = bcs::encode(left);
    CHECK(bytes.size() == 33 + 1 + 391 + 3 + 1 + node::cosignature_bytes);
    CHECK(to_hex(ByteView(bytes).subspan(33 + 1 + 391, 4)) == "02010201");
    CHECK(bcs::decode<node::LeftBlocks>(bytes).value() == left);
}
