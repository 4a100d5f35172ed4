#include "node/witness.h"

#include "ledger/jbproof.h"
#include "market/state_keys.h"
#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

// A node with a registered witness that follows it.
struct Witnessed {
    Witnessed() : in(folder.path), follower(in, witness_seed(in.world.agent)) {
        log::set_level(log::Level::error);
        in.start();
        add_witness_key(in, in.world.agent);
    }
    bool is_cosigned(u64 height) {
        return follower.comes([&] { return !in.node->cosignatures().of(height).empty(); });
    }
    // The follower asked the source at least twice more: it had its chance.
    void let_it_look() {
        const u64 asked = follower.source.asked;
        REQUIRE(follower.comes([&] { return follower.source.asked > asked + 2; }));
    }
    ledger::PublicKey key() const {
        return crypto::SigningKey(witness_seed(in.world.agent)).public_key();
    }

    Folder folder{Folder::On::memory};
    NodeWorld in;
    FollowWorld follower;
};

}  // namespace

TEST_CASE("witness: a head is cosigned, published, and carried by the proof as level E1") {
    Witnessed w;
    w.in.now_ms += 5'000;
    w.follower.now_ms = w.in.now_ms + 1'000;
    w.in.mint(w.in.world.buyer, 500);
    w.follower.start();
    w.follower.catch_up();
    const ledger::SnapshotPtr head = w.in.node->head();
    REQUIRE(w.is_cosigned(head->header.height));
    const auto list = w.in.node->cosignatures().of(head->header.height);
    REQUIRE(list.size() == 1);
    CHECK(list[0].key == w.key());
    CHECK(
        crypto::verify(w.key(), crypto::domain::cosignature, head->hash.bytes, list[0].signature));
    CHECK(w.follower.node->following()->cosigned_height == head->header.height);
    CHECK(w.follower.node->cosignatures().of(head->header.height) == list);

    const ledger::SnapshotPtr cosigned = w.in.node->cosignatures().cosigned(1);
    REQUIRE(cosigned);
    CHECK(cosigned->hash == head->hash);
    CHECK_FALSE(w.in.node->cosignatures().cosigned(2));
    const std::string proof = ledger::jbproof::prove_state(
        w.in.node->chain().genesis(), *cosigned, market::account_key(w.in.world.buyer.id), list);
    const auto pinned = ledger::jbproof::verify(proof, {w.in.world.chain, {w.key()}});
    REQUIRE(pinned.has_value());
    CHECK(pinned->level == "E1");
    CHECK(pinned->witnesses_pinned == 1);
    const auto unpinned = ledger::jbproof::verify(proof, {w.in.world.chain, {}});
    REQUIRE(unpinned.has_value());
    CHECK(unpinned->level == "E0");
    const auto two = ledger::jbproof::verify(proof, {w.in.world.chain, {w.key()}, 2});
    REQUIRE(two.has_value());
    CHECK(two->level == "E0");

    // What was said stays said.
    w.in.start();
    CHECK(w.in.node->cosignatures().of(head->header.height) == list);
}

TEST_CASE("witness: a time that its clock does not believe is not cosigned") {
    using node::witness_refusal;
    constexpr u64 now = 1'000'000'000;
    CHECK_FALSE(witness_refusal(now, now, 60'000));
    CHECK_FALSE(witness_refusal(now + 60'000, now, 60'000));
    CHECK(witness_refusal(now + 60'001, now, 60'000).value().find("ahead") != std::string::npos);
    CHECK_FALSE(witness_refusal(now - 120'000, now, 60'000));
    CHECK(witness_refusal(now - 120'001, now, 60'000).value().find("behind") != std::string::npos);
    CHECK_FALSE(witness_refusal(now - 61'000, now, 1'000));
    CHECK(witness_refusal(now - 61'001, now, 1'000).has_value());
}

TEST_CASE("witness: executes a head of another time but does not cosign it, and says why") {
    for (const i64 off_ms : {-61'001, 600'000}) {
        CAPTURE(off_ms);
        Witnessed w;
        w.in.mint(w.in.world.buyer, 1);
        w.follower.now_ms =
            static_cast<u64>(static_cast<i64>(w.in.node->head()->header.time_ms) + off_ms);
        w.follower.start();
        w.follower.catch_up();
        REQUIRE(
            w.follower.comes([&] { return w.follower.node->following()->refusal.has_value(); }));
        w.let_it_look();
        CHECK(w.follower.source.cosignatures().empty());
        CHECK(w.follower.node->following()->cosigned_height == 0);
        // Its clock is put right.
        w.follower.now_ms = w.in.node->head()->header.time_ms + 2'000;
        CHECK(w.is_cosigned(w.in.node->head()->header.height));
        CHECK_FALSE(w.follower.node->following()->refusal.has_value());
    }
}

TEST_CASE("witness: what it never executed is never cosigned") {
    Witnessed w;
    w.in.now_ms += 5'000;
    w.in.mint(w.in.world.buyer, 1);
    w.follower.now_ms = w.in.now_ms + 2'000;
    w.follower.source.set_lie([](node::FollowStream& stream) {
        if (stream.blocks.size() > 1)
            stream.blocks.pop_back();
        else
            stream.blocks.clear();
    });
    w.follower.start();
    REQUIRE(w.follower.trouble().find("withholds") != std::string::npos);
    w.let_it_look();
    for (const node::Cosignature& cosignature : w.follower.source.cosignatures())
        CHECK(cosignature.height < w.in.node->head()->header.height);
    CHECK(w.in.node->cosignatures().of(w.in.node->head()->header.height).empty());
}

TEST_CASE("witness: a chain made anew from a rewritten ledger is convicted by what was cosigned") {
    Witnessed w;
    w.in.now_ms += 5'000;
    w.in.mint(w.in.world.buyer, 1);
    const u64 height = w.in.node->head()->header.height;
    w.follower.now_ms = w.in.now_ms + 2'000;
    w.follower.start();
    REQUIRE(w.is_cosigned(height));
    w.follower.node.reset();
    std::filesystem::remove_all(w.follower.config.chain_folder);

    Folder other_folder(Folder::On::memory);
    NodeWorld other(other_folder.path);
    other.now_ms = w.in.now_ms.load();
    other.start();
    for (u64 i = 0; i < height + 2; ++i) other.mint(other.world.seller, 10 + i);
    w.follower.source.in = &other;
    w.follower.now_ms = other.now_ms + 2'000;
    w.follower.start();
    CHECK(w.follower.stopped().find("TWO SIGNED HEADS") != std::string::npos);
    CHECK(
        std::filesystem::exists(w.follower.evidence("fraud-" + std::to_string(height) + ".json")));
    CHECK(other.node->cosignatures().newest_height() == 0);
}

TEST_CASE("cosignatures: only of live witness keys, only of headers held here, once each") {
    Witnessed w;
    w.in.mint(w.in.world.buyer, 1);
    const ledger::SnapshotPtr head = w.in.node->head();
    const crypto::SigningKey key(witness_seed(w.in.world.agent));
    const node::Cosignature good = node::cosign(key, head->header.height, head->hash);
    const auto refused = [&](const node::Cosignature& cosignature, ErrorCode code) {
        const Status status = w.in.node->add_cosignature(cosignature);
        REQUIRE(!status);
        CHECK(status.error().code == code);
    };
    const crypto::SigningKey stranger(ByteArray<32>{5});
    refused(node::cosign(stranger, good.height, head->hash), ErrorCode::not_allowed);
    refused(node::cosign(w.in.world.agent.transact, good.height, head->hash),
            ErrorCode::not_allowed);
    node::Cosignature forged = good;
    forged.signature[0] ^= 1;
    refused(forged, ErrorCode::verification_failed);
    node::Cosignature other = node::cosign(key, good.height, ledger::HeaderHash(Hash{1}));
    refused(other, ErrorCode::conflict);
    refused(node::cosign(key, good.height + 1, head->hash), ErrorCode::not_found);
    refused(node::cosign(key, 0, head->hash), ErrorCode::not_found);
    CHECK(w.in.node->cosignatures().newest_height() == 0);
    CHECK(w.in.node->add_cosignature(good).has_value());
    CHECK(w.in.node->add_cosignature(good).has_value());
    CHECK(w.in.node->cosignatures().of(good.height).size() == 1);

    const KeyId id = ledger::key_id(w.in.world.agent.id, crypto::KeyKind::ed25519, Purpose::witness,
                                    key.public_key().bytes);
    REQUIRE(w.in.run(w.in.world.agent.transact, RevokeKey{id}) == 0);
    const ledger::SnapshotPtr later = w.in.node->head();
    refused(node::cosign(key, later->header.height, later->hash), ErrorCode::not_allowed);
    CHECK(w.in.node->cosignatures().of(good.height).size() == 1);
}

TEST_CASE("cosignatures: a damaged or torn file loses what is damaged and nothing else") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    const Member* members[] = {&in.world.agent, &in.world.buyer, &in.world.seller};
    for (const Member* member : members) add_witness_key(in, *member);
    const ledger::SnapshotPtr head = in.node->head();
    const std::filesystem::path file = folder.path / "three";
    {
        const auto kept = node::Cosignatures::open(file, {}).value();
        for (const Member* member : members)
            REQUIRE(
                kept->add(in.node->chain(), node::cosign(crypto::SigningKey(witness_seed(*member)),
                                                         head->header.height, head->hash))
                    .has_value());
    }
    const Bytes whole = read_file(file, 1 << 20).value();
    REQUIRE(whole.size() % 3 == 0);
    const auto count_with = [&](const Bytes& content) {
        REQUIRE(write_file_atomically(file, content, FileMode::owner_only).has_value());
        return node::Cosignatures::open(file, {}).value()->of(head->header.height).size();
    };
    CHECK(count_with(whole) == 3);
    for (std::size_t at = 0; at < whole.size(); at += 11) {
        Bytes damaged = whole;
        damaged[at] ^= 0x40;
        CHECK(count_with(damaged) == 2);
    }
    for (const std::size_t size : {whole.size() - 1, whole.size() / 3 * 2 + 1})
        CHECK(count_with(Bytes(whole.begin(), whole.begin() + static_cast<long>(size))) == 2);
    CHECK(count_with({}) == 0);
}

TEST_CASE("cosignatures: the oldest go when the slots are used up") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    add_witness_key(in, in.world.agent);
    for (u64 i = 1; i <= 5; ++i) in.mint(in.world.buyer, i);
    const u64 last = in.node->head()->header.height;
    const crypto::SigningKey key(witness_seed(in.world.agent));
    node::Cosignatures::Limits limits;
    limits.records_max = 3;
    const std::filesystem::path file = folder.path / "few";
    const auto check_kept = [&](const node::Cosignatures& kept) {
        for (u64 height = 1; height <= last; ++height)
            CHECK(kept.of(height).size() == (height + 3 > last ? 1 : 0));
    };
    {
        const auto kept = node::Cosignatures::open(file, limits).value();
        for (u64 height = 1; height <= last; ++height) {
            const auto header = in.node->chain().header(height).value().header;
            REQUIRE(
                kept->add(in.node->chain(), node::cosign(key, height, ledger::header_hash(header)))
                    .has_value());
        }
        check_kept(*kept);
    }
    check_kept(*node::Cosignatures::open(file, limits).value());
}
