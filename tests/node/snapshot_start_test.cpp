// A follower that begins at a snapshot: it ends where one from genesis does, wherever it is cut,
// and nothing that the validator did not sign gets it started.
#include "node/snapshot_start.h"
#include "base/log.h"
#include "ledger/snapshot_reader.h"
#include "node/snapshot_job.h"
#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

namespace fs = std::filesystem;

// The snapshots of a node, as they travel, and a hand between that lies or stops.
class SnapshotHand final : public node::SnapshotSource {
public:
    explicit SnapshotHand(NodeWorld& node) : in(node) {}

    std::string name() const override { return "test"; }
    Result<std::vector<u64>> snapshots() override {
        TRY(may_answer());
        return ledger::snapshot_heights(chain().base()->snapshots());
    }
    Result<node::HeaderRange> headers(u64 from) override {
        TRY(may_answer());
        node::HeaderRange range;
        for (u64 height = from; height <= chain().head()->header.height; ++height)
            if (range.headers.size() < headers_at_once)
                range.headers.push_back(TRY(chain().header(height)));
        if (lie_headers) lie_headers(range);
        return bcs::decode<node::HeaderRange>(bcs::encode(range));
    }
    Result<Bytes> manifest(u64 height) override {
        TRY(may_answer());
        if (no_manifest) return std::unexpected(*no_manifest);
        Bytes bytes =
            TRY(read_file(folder(height) / ledger::SnapshotReader::manifest_name, 16 << 20));
        if (lie_manifest) lie_manifest(bytes);
        return bytes;
    }
    Result<Bytes> chunk(u64 height, std::size_t number) override {
        TRY(may_answer());
        ++chunks;
        Bytes bytes =
            TRY(read_file(folder(height) / ledger::SnapshotReader::file_name(number), 64 << 20));
        if (lie_chunk) lie_chunk(number, bytes);
        return bytes;
    }
    Result<Bytes> document(const ledger::DocumentHash& hash) override {
        TRY(may_answer());
        ++documents;
        if (withholds) return fail(ErrorCode::not_allowed, "not for you");
        const auto found = chain().documents().find(hash);
        if (!found) return fail(ErrorCode::not_found, "pruned");
        Bytes bytes = bcs::encode(*found);
        if (lie_document) lie_document(bytes);
        return bytes;
    }

    std::optional<u64> answers_left;
    std::size_t headers_at_once = 3;
    u64 chunks = 0;
    std::function<void(node::HeaderRange&)> lie_headers;
    std::function<void(Bytes&)> lie_manifest;
    std::optional<Error> no_manifest;
    std::function<void(std::size_t, Bytes&)> lie_chunk;
    u64 documents = 0;
    bool withholds = false;
    std::function<void(Bytes&)> lie_document;

private:
    const ledger::Chain& chain() const { return in.node->chain(); }
    fs::path folder(u64 height) const {
        return chain().base()->snapshots() / ledger::SnapshotReader::folder_name(height);
    }
    Status may_answer() {
        if (!answers_left) return {};
        if (*answers_left == 0) return fail(ErrorCode::unavailable, "cut");
        --*answers_left;
        return {};
    }
    NodeWorld& in;
};

// A node with some blocks, a snapshot in their midst, and a folder for who follows.
struct Begun {
    explicit Begun(int blocks = 8) : in(folder.path), hand(in), follower(in) {
        log::set_level(log::Level::error);
        in.start();
        for (int i = 0; i < blocks; ++i) in.mint(in.world.buyer, static_cast<u64>(i + 1));
        snapshot();
        in.mint(in.world.buyer, 100);
    }
    void snapshot() {
        const auto made = in.node->chain().write_snapshot(*in.node->head());
        REQUIRE_MESSAGE(made.has_value(), made.error().detail);
        at = made->height();
    }
    Status start() {
        const auto file = read_file(in.config.genesis_file, 64 << 20);
        const auto genesis = ledger::decode_genesis_file(*file);
        return node::start_from_snapshot(follower.config.chain_folder, genesis->genesis, hand);
    }
    void check_follows() {
        follower.start();
        CHECK(follower.node->chain().base_height() == at);
        follower.catch_up();
        const auto& one = follower.node->chain();
        const auto& other = in.node->chain();
        CHECK(one.used_count() == other.used_count());
        for (u64 height = 0; height <= other.head()->header.height; ++height)
            CHECK(one.header(height)->header == other.header(height)->header);
        in.mint(in.world.buyer, 200);
        follower.catch_up();
        CHECK_FALSE(follower.node->stopped().has_value());
    }
    // Not begun, and what it said.
    std::string refused() {
        const Status started = start();
        REQUIRE_FALSE(started.has_value());
        CHECK(started.error().code == ErrorCode::verification_failed);
        CHECK_FALSE(fs::exists(follower.config.chain_folder / "base"));
        hand.lie_headers = {};
        hand.lie_manifest = {};
        hand.lie_chunk = {};
        return started.error().detail;
    }

    Folder folder{Folder::On::memory};
    NodeWorld in;
    SnapshotHand hand;
    FollowWorld follower;
    u64 at = 0;
};

}  // namespace

TEST_CASE("snapshot start: a follower begins at a snapshot and goes on, restarts included") {
    Begun begun;
    REQUIRE(begun.start().has_value());
    begun.check_follows();
    const u64 asked = begun.hand.chunks;
    CHECK(begun.start().has_value());  // the same command again: nothing to do
    CHECK(begun.hand.chunks == asked);
    begun.follower.start();
    begun.follower.catch_up();
    // Its state again from the snapshot.
    begun.follower.node.reset();
    fs::remove_all(begun.follower.config.chain_folder / "state");
    begun.follower.start();
    begun.follower.catch_up();
}

TEST_CASE("snapshot start: cut after any answer, it goes on and keeps what it has") {
    Begun begun;
    u64 cuts = 0;
    for (u64 left = 0;; ++left) {
        begun.hand.answers_left = left;
        const Status started = begun.start();
        if (started) break;
        CHECK(started.error().code == ErrorCode::unavailable);
        CHECK(has(started.error().detail, "test gives no "));
        CHECK_FALSE(fs::exists(begun.follower.config.chain_folder / "base"));
        ++cuts;
    }
    CHECK(cuts >= 4);
    begun.hand.answers_left.reset();
    begun.check_follows();
}

TEST_CASE("snapshot start: the documents that records name come with it") {
    Begun begun;
    NodeWorld& in = begun.in;
    TestDataset dataset = make_dataset(in.world, in.world.rival, 5'000);
    RegisterDataset registration = dataset.registration();
    registration.description = in.world.documents.text("what was measured");
    registration.profile = in.world.documents.text("who measured", ledger::DocumentClass::personal);
    REQUIRE(in.run(in.world.rival.transact, registration) == 0);
    begun.snapshot();
    in.mint(in.world.buyer, 300);
    const ledger::DocumentHash description = registration.description->hash;
    const ledger::DocumentHash profile = registration.profile->hash;
    const auto kept = [&] { return begun.follower.node->chain().named_below().value(); };

    SUBCASE("and are found by retention") {
        REQUIRE(begun.start().has_value());
        CHECK(begun.hand.documents == 2);
        begun.check_follows();
        for (const ledger::DocumentHash& hash : {description, profile})
            CHECK(begun.follower.node->chain().documents().find(hash));
        REQUIRE(kept().size() == 2);
        for (const ledger::NamedBelow& one : kept()) CHECK(one.height == begun.at);
    }
    SUBCASE("but those that are not given") {
        begun.hand.withholds = true;
        REQUIRE(begun.start().has_value());
        begun.check_follows();
        CHECK_FALSE(begun.follower.node->chain().documents().find(description));
        CHECK(kept().empty());
    }
    SUBCASE("and another one is refused") {
        begun.hand.lie_document = [](Bytes& bytes) { bytes.back() ^= 1; };
        const Status started = begun.start();
        REQUIRE_FALSE(started.has_value());
        CHECK(started.error().code == ErrorCode::verification_failed);
        CHECK(has(started.error().detail, "test sent a wrong document"));
        CHECK_FALSE(fs::exists(begun.follower.config.chain_folder / "base"));
        begun.hand.lie_document = {};
        REQUIRE(begun.start().has_value());
        begun.check_follows();
    }
}

TEST_CASE("snapshot start: what the validator did not sign is refused") {
    Begun begun;
    begun.hand.lie_headers = [](node::HeaderRange& range) {
        range.headers.back().header.state_root[4] ^= 1;
    };
    CHECK(has(begun.refused(), "header range: no validator signed"));
    begun.hand.lie_headers = [](node::HeaderRange& range) {
        range.headers.front().header.time_ms += 1;
    };
    CHECK(has(begun.refused(), "wrong header range"));
    begun.hand.lie_headers = [](node::HeaderRange& range) { range.headers.clear(); };
    CHECK(has(begun.refused(), "it lacks height"));
    begun.hand.lie_headers = [](node::HeaderRange& range) {
        range.headers.erase(range.headers.begin());
    };
    CHECK(has(begun.refused(), "is missing"));
    const auto change = [&](const std::function<void(ledger::SnapshotManifest&)>& how) {
        begun.hand.lie_manifest = [how](Bytes& bytes) {
            auto manifest = bcs::decode<ledger::SnapshotManifest>(bytes).value();
            how(manifest);
            bytes = bcs::encode(manifest);
        };
        return begun.refused();
    };
    CHECK(has(change([](auto& m) { m.state[0].subtree[0] ^= 1; }), "state root of its header"));
    CHECK(has(change([](auto& m) { m.head.header.state_root[0] ^= 1; }), "signature"));
    CHECK(has(change([](auto& m) { m.state[0].file.hash[0] ^= 1; }), "wrong chunk"));
    CHECK(has(change([](auto& m) { m.state[0].leaves += 1; }), "wrong chunk"));
    CHECK(has(change([](auto& m) { m.window[0].first += 1; }), "window begins"));
    CHECK(has(change([](auto& m) { m.window.clear(); }), "wrong manifest"));
    // What is no answer at all, and one that is withheld.
    begun.hand.no_manifest = Error{ErrorCode::malformed, "truncated"};
    CHECK(has(begun.refused(), "test sent a wrong manifest: truncated"));
    begun.hand.no_manifest = Error{ErrorCode::not_found, "none is kept here"};
    const Status withheld = begun.start();
    REQUIRE_FALSE(withheld.has_value());
    CHECK(withheld.error().code == ErrorCode::not_found);
    CHECK(has(withheld.error().detail, "test gives no manifest: none is kept here"));
    begun.hand.no_manifest.reset();
    // A true manifest, of another height. What was begun is gone on with.
    const u64 first = begun.at;
    begun.snapshot();
    const Bytes other = read_file(begun.in.config.chain_folder / "snapshots" /
                                      ledger::SnapshotReader::folder_name(begun.at) / "manifest",
                                  1 << 20)
                            .value();
    begun.at = first;
    begun.hand.lie_manifest = [&](Bytes& bytes) { bytes = other; };
    CHECK(has(begun.refused(), "of another header"));
    begun.hand.lie_chunk = [](std::size_t, Bytes& bytes) { bytes[bytes.size() / 2] ^= 1; };
    CHECK(has(begun.refused(), "wrong chunk"));
    begun.hand.lie_chunk = [](std::size_t, Bytes& bytes) { bytes.clear(); };
    CHECK(has(begun.refused(), "wrong chunk"));
    // And with the truth it begins, whatever was sent before.
    REQUIRE(begun.start().has_value());
    begun.check_follows();
}

TEST_CASE("snapshot start: who signed what is wrong is convicted from the snapshot on") {
    Begun begun;
    NodeWorld& in = begun.in;
    REQUIRE(begun.start().has_value());
    begun.check_follows();
    begun.follower.source.set_lie(wrong_root_signed_in(in));
    const u64 height = in.node->head()->header.height + 1;
    in.mint(in.world.buyer, 1);
    CHECK(has(begun.follower.stopped(), "A SIGNED BLOCK IS WRONG"));
    const Bytes file =
        read_file(begun.follower.evidence("divergence-" + std::to_string(height) + ".bin"), 1 << 24)
            .value();
    const ledger::Divergence whole = ledger::decode_divergence(file).value();
    REQUIRE(whole.base.has_value());
    CHECK(whole.inputs.size() == height - begun.at);
    CHECK(encode(whole).value() == file);
    const auto judged = [&](const ledger::Divergence& divergence) {
        MarketRules rules;
        const auto wrong = ledger::check_divergence(divergence, in.world.chain, rules);
        return wrong ? "convicted: " + *wrong : wrong.error().detail;
    };
    CHECK(judged(whole) == "convicted: executing its block gives another state_root");
    // Nothing of its beginning can be another.
    const auto changed = [&](const std::function<void(ledger::DivergenceBase&)>& how) {
        ledger::Divergence divergence = whole;
        how(*divergence.base);
        const std::string what = judged(divergence);
        CHECK_MESSAGE(!what.starts_with("convicted"), what);
        return what;
    };
    CHECK(has(changed([](auto& base) { base.history[1].bytes[0] ^= 1; }), "history"));
    CHECK(has(changed([](auto& base) { base.history.pop_back(); }), "history"));
    CHECK(has(changed([](auto& base) { base.headers.back().tx_count += 1; }), "header of height"));
    CHECK(has(changed([](auto& base) { base.headers.pop_back(); }), "header of height"));
    CHECK(has(changed([](auto& base) { base.files[0].bytes.back() ^= 1; }), "chunk 0"));
    CHECK(has(changed([](auto& base) { base.files.pop_back(); }), "files"));
    changed([](auto& base) { base.manifest.back() ^= 1; });
    for (std::size_t at = 0; at < whole.base->manifest.size(); at += 7)
        changed([at](auto& base) { base.manifest[at] ^= 1; });
    // Nor the blocks above it.
    ledger::Divergence shorter = whole;
    shorter.inputs.erase(shorter.inputs.begin());
    CHECK(has(judged(shorter), "do not fit together"));
    ledger::Divergence from_genesis = whole;
    from_genesis.base.reset();
    CHECK(has(judged(from_genesis), "do not fit together"));
    for (std::size_t at = 0; at < file.size(); at += 101) {
        Bytes other = file;
        other[at] ^= 1;
        const auto read = ledger::decode_divergence(other);
        if (read) CHECK_FALSE(judged(*read).starts_with("convicted"));
    }
}

TEST_CASE("snapshot start: a used id more or less is noticed") {
    Begun begun;
    begun.hand.lie_manifest = [](Bytes& bytes) {
        auto manifest = bcs::decode<ledger::SnapshotManifest>(bytes).value();
        manifest.window[0].file.hash[0] ^= 1;
        bytes = bcs::encode(manifest);
    };
    CHECK(has(begun.refused(), "window chunk 0"));
    // A window that is what its manifest says, and not what the headers say.
    ledger::WindowChunk empty;
    const Bytes content = bcs::encode(empty);
    // One raw block in a frame: RFC 8878.
    Bytes frame = from_hex("28b52ffd20").value();
    frame.push_back(static_cast<u8>(content.size()));
    for (const u8 byte : {static_cast<u8>(content.size() << 3 | 1), u8{0}, u8{0}})
        frame.push_back(byte);
    frame.insert(frame.end(), content.begin(), content.end());
    begun.hand.lie_manifest = [&](Bytes& bytes) {
        auto manifest = bcs::decode<ledger::SnapshotManifest>(bytes).value();
        manifest.window[0].file = {static_cast<u32>(content.size()), static_cast<u32>(frame.size()),
                                   crypto::sha256(frame)};
        bytes = bcs::encode(manifest);
    };
    begun.hand.lie_chunk = [&](std::size_t number, Bytes& bytes) {
        if (number == 1) bytes = frame;
    };
    CHECK(has(begun.refused(), "lacks height"));
}

TEST_CASE("snapshot job: a running node makes snapshots, keeps the newest and prunes below them") {
    Folder folder{Folder::On::memory};
    log::set_level(log::Level::error);
    NodeWorld in(folder.path);
    in.start();
    FollowWorld late(in);
    in.mint(in.world.buyer, 1);
    const Bytes input = in.node->chain().blocks().input(1).value();
    const auto block = ledger::decode_block_input(input, in.world.rules).value();
    const ledger::TxId first = ledger::txid(in.world.chain, block.transactions[0].body);
    const auto& snapshots = in.node->chain().base()->snapshots();
    {
        node::SnapshotJob job(*in.node, {4, 2, 16});
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        for (u64 i = 2; in.node->chain().base_height() == 0; ++i) {
            REQUIRE(std::chrono::steady_clock::now() < until);
            in.mint(in.world.buyer, i);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    const u64 base = in.node->chain().base_height();
    CHECK(in.node->head()->header.height >= base + 16);
    const std::vector<u64> kept = ledger::snapshot_heights(snapshots).value();
    CHECK(kept.size() <= 3);
    CHECK(std::ranges::find(kept, base) != kept.end());
    // What it answers is the same after a start.
    for (int i = 0; i < 2; ++i) {
        CHECK(in.node->chain().base_height() == base);
        CHECK(in.node->chain().header(1).has_value());
        CHECK(in.node->chain().is_used(first));
        in.start();
    }
    in.mint(in.world.buyer, 5'000);
    // Who comes from genesis is told, if the bodies went.
    if (in.node->chain().blocks().first_height() > 1) {
        late.start();
        CHECK(has(late.trouble(), "was pruned"));
        CHECK(has(late.trouble(), "begin with --snapshot"));
    }
}

TEST_CASE(
    "snapshot start: a start after a crash convicts as well, and who lost the snapshot says so") {
    Begun begun;
    REQUIRE(begun.start().has_value());
    begun.follower.start();
    begun.follower.catch_up();
    const crypto::SigningKey signer = validator_of(begun.in);
    begun.follower.source.set_lie([&](node::FollowStream& stream) {
        for (node::FollowedBlock& block : stream.blocks) {
            block.header.header.state_root[0] ^= 1;
            block.header.finality = {signer.public_key(),
                                     signer.sign(crypto::domain::header,
                                                 ledger::header_hash(block.header.header).bytes)};
        }
    });
    SUBCASE("after a crash") {
        begun.in.mint(begun.in.world.buyer, 300);
        const u64 height = begun.in.node->head()->header.height;
        CHECK(has(begun.follower.stopped(), "A SIGNED BLOCK IS WRONG"));
        fs::remove(begun.follower.evidence("divergence-" + std::to_string(height) + ".bin"));
        REQUIRE_FALSE(begun.follower.has_evidence());
        begun.follower.node.reset();
        const auto again = begun.follower.open();
        REQUIRE_FALSE(again.has_value());
        CHECK(has(again.error().detail, "A SIGNED BLOCK IS WRONG"));
        CHECK(begun.follower.has_evidence());
    }
    SUBCASE("without the snapshot") {
        fs::remove_all(begun.follower.config.chain_folder / "snapshots");
        begun.in.mint(begun.in.world.buyer, 300);
        CHECK(has(begun.follower.stopped(), "A SIGNED BLOCK DIFFERS FROM ITS EXECUTION HERE"));
        CHECK_FALSE(begun.follower.has_evidence());
    }
}
