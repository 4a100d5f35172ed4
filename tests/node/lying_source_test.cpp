// What a node can lie about, and what a follower makes of it. With the validator's key: stopped,
// and a file that convicts it before anybody. Without it: nothing is taken.
#include <nlohmann/json.hpp>

#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

// A node with three blocks, followed up to the second; the third comes with a lie in it.
struct Lied {
    Lied() : in(folder.path), follower(in) {
        log::set_level(log::Level::error);
        in.start();
        in.mint(in.world.buyer, 1);
        in.mint(in.world.buyer, 2);
        follower.start();
        follower.catch_up();
    }
    // Of the next block, before it is sent.
    void tell(const std::function<void(node::FollowedBlock&)>& change) {
        follower.source.set_lie([change](node::FollowStream& stream) {
            for (node::FollowedBlock& block : stream.blocks) change(block);
        });
        in.mint(in.world.buyer, 3);
    }
    // As the one who has the validator's key does it.
    void tell_signed(const std::function<void(ledger::Header&, ledger::BlockInput&)>& change) {
        const ByteArray<32> seed = crypto::hmac_sha256(
            in.world.node.secret.bytes(), {as_bytes("jangbu/skey/v1"), ByteArray<1>{4}, le32(0)});
        tell([this, change, seed](node::FollowedBlock& block) {
            ledger::BlockInput input =
                ledger::decode_block_input(block.input, in.world.rules).value();
            ledger::Header& header = block.header.header;
            change(header, input);
            block.input = ledger::encode(input);
            const crypto::SigningKey signer(seed);
            block.header.finality = {
                signer.public_key(),
                signer.sign(crypto::domain::header, ledger::header_hash(header).bytes)};
        });
    }
    // Stopped at height 2 with a file that convicts; what is wrong by that file.
    std::string convicted() {
        const std::string reason = follower.stopped();
        CHECK(reason.find("A SIGNED BLOCK IS WRONG") != std::string::npos);
        CHECK(follower.node->failure()->code == ErrorCode::verification_failed);
        CHECK(follower.node->head()->header.height == 2);
        return judged();
    }
    std::string judged() {
        const Bytes file = read_file(follower.evidence("divergence-3.bin"), 1 << 24).value();
        const auto divergence = ledger::decode_divergence(file);
        REQUIRE(divergence.has_value());
        MarketRules rules;
        const auto wrong = ledger::check_divergence(*divergence, in.world.chain, rules);
        REQUIRE_MESSAGE(wrong.has_value(), wrong.error().detail);
        return *wrong;
    }
    // Nothing is taken and nobody accused.
    void check_untaken(const std::string& why) {
        const std::string reason = follower.trouble();
        CHECK_MESSAGE(reason.find(why) != std::string::npos, reason);
        CHECK(follower.node->head()->header.height == 2);
        CHECK_FALSE(follower.node->stopped().has_value());
        CHECK_FALSE(follower.has_evidence());
    }
    void check_goes_on_with_the_truth() {
        follower.source.set_lie({});
        follower.catch_up();
        CHECK(follower.node->head()->header.height == 3);
    }

    Folder folder{Folder::On::memory};
    NodeWorld in;
    FollowWorld follower;
};

}  // namespace

TEST_CASE("lying node: a signed block with a wrong root convicts its validator") {
    Lied lied;
    lied.tell_signed(
        [](ledger::Header& header, ledger::BlockInput&) { header.state_root[0] ^= 1; });
    CHECK(lied.convicted() == "executing its block gives another state_root");

    SUBCASE("and convicts again at a start, if the evidence was lost") {
        lied.follower.node.reset();
        REQUIRE(std::filesystem::remove(lied.follower.evidence("divergence-3.bin")));
        const auto opened = lied.follower.open();
        REQUIRE(!opened);
        CHECK(opened.error().code == ErrorCode::verification_failed);
        CHECK(has(opened.error().detail, "A SIGNED BLOCK IS WRONG"));
        CHECK(lied.judged() == "executing its block gives another state_root");
    }
    SUBCASE("but an honest block convicts nobody") {
        const Bytes file = read_file(lied.follower.evidence("divergence-3.bin"), 1 << 24).value();
        ledger::Divergence divergence = ledger::decode_divergence(file).value();
        divergence.header = lied.in.node->chain().header(3).value();
        MarketRules rules;
        const auto honest = ledger::check_divergence(divergence, lied.in.world.chain, rules);
        REQUIRE(!honest);
        CHECK(has(honest.error().detail, "exactly this header"));
    }
    SUBCASE("and a changed file convicts nobody") {
        const Bytes file = read_file(lied.follower.evidence("divergence-3.bin"), 1 << 24).value();
        u64 convictions = 0;
        // The genesis is most of the file, and any change there is another ledger.
        const std::size_t from = file.size() > 1'500 ? file.size() - 1'500 : 0;
        for (std::size_t at = from; at < file.size(); at += 7) {
            Bytes changed = file;
            changed[at] ^= 0x10;
            const auto divergence = ledger::decode_divergence(changed);
            if (!divergence) continue;
            MarketRules rules;
            if (ledger::check_divergence(*divergence, lied.in.world.chain, rules)) ++convictions;
        }
        CHECK(convictions == 0);
    }
}

TEST_CASE("lying node: every root of a header is compared") {
    const std::pair<const char*, void (*)(ledger::Header&)> rows[] = {
        {"receipt_root", [](ledger::Header& header) { header.receipt_root[9] ^= 4; }},
        {"history_root", [](ledger::Header& header) { header.history_root[31] ^= 4; }},
        {"receipt_count", [](ledger::Header& header) { ++header.receipt_count; }},
        {"market_time_ms", [](ledger::Header& header) { ++header.market_time_ms; }},
        {"next_validators_hash",
         [](ledger::Header& header) { header.next_validators_hash[0] ^= 1; }}};
    for (const auto& [field, change] : rows) {
        CAPTURE(field);
        Lied lied;
        lied.tell_signed([change](ledger::Header& header, ledger::BlockInput&) { change(header); });
        CHECK(lied.convicted() == std::string("executing its block gives another ") + field);
    }
}

TEST_CASE("lying node: a back-dated block convicts its validator") {
    Lied lied;
    lied.tell_signed([](ledger::Header& header, ledger::BlockInput& input) {
        header.time_ms = input.time_ms = MarketWorld::genesis_ms;
    });
    CHECK(has(lied.convicted(), "time does not advance"));
}

TEST_CASE("lying node: a block of an epoch that nobody opened convicts its validator") {
    Lied lied;
    lied.tell_signed(
        [](ledger::Header& header, ledger::BlockInput& input) { header.epoch = input.epoch = 1; });
    CHECK(has(lied.convicted(), "another epoch"));
}

TEST_CASE("lying node: a signed block with a transaction that nobody signed convicts") {
    Lied lied;
    lied.tell_signed([&](ledger::Header& header, ledger::BlockInput& input) {
        input.transactions.at(0).signature[5] ^= 1;
        const auto ids = ledger::txids(header.chain_id, input.transactions);
        header.tx_root = ledger::tx_root(ids, input.transactions);
    });
    CHECK(has(lied.convicted(), "BadSignature"));
}

TEST_CASE("lying node: a signed block on another parent convicts its validator") {
    Lied lied;
    lied.tell_signed([](ledger::Header& header, ledger::BlockInput& input) {
        header.parent.bytes[0] ^= 1;
        input.parent = header.parent;
    });
    CHECK(has(lied.convicted(), "another parent"));
}

TEST_CASE("lying node: a rewritten history is two signed heads of one height") {
    Lied lied;
    Folder other_folder(Folder::On::memory);
    NodeWorld other(other_folder.path);
    other.start();
    REQUIRE(other.world.chain == lied.in.world.chain);
    SUBCASE("of the same length") {
        for (u64 i = 1; i <= 2; ++i) other.mint(other.world.seller, 100 + i);
    }
    SUBCASE("longer") {
        for (u64 i = 1; i <= 5; ++i) other.mint(other.world.seller, 100 + i);
    }
    SUBCASE("shorter") {
        other.mint(other.world.seller, 100);
    }
    const u64 height = std::min<u64>(2, other.node->head()->header.height);
    {
        const std::scoped_lock lock(lied.follower.source.mutex);
        lied.follower.source.in = &other;
    }
    CHECK(has(lied.follower.stopped(), "TWO SIGNED HEADS CONTRADICT EACH OTHER"));
    const Bytes file =
        read_file(lied.follower.evidence("fraud-" + std::to_string(height) + ".json"), 1 << 20)
            .value();
    const auto json = nlohmann::json::parse(as_text(file));
    const auto head_of = [&](const char* name) {
        const auto bytes = from_base64url(json[name]["header"].get<std::string>());
        return bcs::decode<ledger::Header>(*bytes).value();
    };
    CHECK(head_of("pinned") == lied.in.node->chain().header(height)->header);
    CHECK(head_of("head") == other.node->chain().header(height)->header);
    CHECK(lied.follower.node->head()->header.height == 2);
}

TEST_CASE("lying node: a withheld block is told, and nothing is taken for it") {
    Lied lied;
    lied.follower.source.set_lie([](node::FollowStream& stream) { stream.blocks.clear(); });
    lied.in.mint(lied.in.world.buyer, 3);
    lied.check_untaken("withholds block 3");
    lied.check_goes_on_with_the_truth();
}

TEST_CASE("lying node: a node that shows less than it showed is told") {
    Lied lied;
    const auto older = lied.in.node->chain().header(1).value();
    lied.follower.source.set_lie([older](node::FollowStream& stream) {
        stream.head = older;
        stream.blocks.clear();
    });
    lied.check_untaken("blocks were lost there or are withheld");
}

TEST_CASE("lying node: a withheld document is told, and nothing is taken without it") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    NodeTrade trade(in);  // a listing with its description
    FollowWorld follower(in);
    follower.source.set_lie([](node::FollowStream& stream) {
        for (node::FollowedBlock& block : stream.blocks) block.documents.clear();
    });
    follower.start();
    CHECK(has(follower.trouble(), "withholds document"));
    CHECK_FALSE(follower.has_evidence());
    follower.source.set_lie({});
    follower.catch_up();
}

TEST_CASE("lying node: what no validator signed is not taken and accuses nobody") {
    SUBCASE("a header with another root") {
        Lied lied;
        lied.tell([](node::FollowedBlock& block) { block.header.header.state_root[0] ^= 1; });
        lied.check_untaken("without a validator's signature");
        lied.check_goes_on_with_the_truth();
    }
    SUBCASE("another block under a signed header") {
        Lied lied;
        lied.tell([&](node::FollowedBlock& block) {
            auto input = ledger::decode_block_input(block.input, lied.in.world.rules).value();
            input.transactions.clear();
            block.input = ledger::encode(input);
        });
        lied.check_untaken("is not the one that its signed header names");
        lied.check_goes_on_with_the_truth();
    }
    SUBCASE("bytes that are no block") {
        Lied lied;
        lied.tell([](node::FollowedBlock& block) { block.input = Bytes(100, 0xff); });
        lied.check_untaken("is not the one that its signed header names");
    }
    SUBCASE("an older block instead") {
        Lied lied;
        const auto older = node::read_stream(lied.in.node->chain(), lied.in.world.rules, 1).value();
        lied.tell([older](node::FollowedBlock& block) { block = older.blocks.at(0); });
        lied.check_untaken("was asked for");
    }
    SUBCASE("a head that a stranger signed") {
        Lied lied;
        lied.follower.source.set_lie([](node::FollowStream& stream) {
            const crypto::SigningKey stranger(ByteArray<32>{9});
            stream.head.header.state_root[0] ^= 1;
            stream.head.finality = {stranger.public_key(),
                                    stranger.sign(crypto::domain::header,
                                                  ledger::header_hash(stream.head.header).bytes)};
        });
        lied.check_untaken("without a validator's signature as its head");
    }
}
