#include "tests/support/refusals.h"

namespace jangbu::test {
namespace {

using crypto::KeyKind;

// The n-th key of a purpose, offered to its organisation with a proof of possession.
AddKey new_key(const Member& member, Purpose purpose, u32 n) {
    const crypto::SigningKey key = member.secret.signing_key(purpose, n);
    const KeyId id = ledger::key_id(member.id, KeyKind::ed25519, purpose, key.public_key().bytes);
    AddKey operation;
    operation.kind = static_cast<u8>(KeyKind::ed25519);
    operation.purpose = static_cast<u8>(purpose);
    operation.bytes = key.public_key().bytes;
    operation.possession = key.sign(crypto::domain::possession, id.bytes);
    return operation;
}
KeyId id_of(const Member& member, const AddKey& key) {
    return ledger::key_id(member.id, static_cast<KeyKind>(key.kind),
                          static_cast<Purpose>(key.purpose), key.bytes);
}
// The same organisation, signing with another transact key.
Member signing_with(const Member& member, u32 n) {
    Member other(member.name);
    other.transact = member.secret.signing_key(Purpose::transact, n);
    other.transact_id = ledger::key_id(member.id, KeyKind::ed25519, Purpose::transact,
                                       other.transact.public_key().bytes);
    return other;
}

struct AddFixture {
    MarketWorld world;
    const Member* by = &world.seller;
    AddKey operation = new_key(world.seller, Purpose::transact, 1);
};

const Refusal<AddFixture> add_refusals[] = {
    {"a purpose outside 1 to 6", Rejection::key_not_admissible,
     [](AddFixture& f) { f.operation.purpose = 7; }},
    {"a kind outside 1 and 2", Rejection::key_not_admissible,
     [](AddFixture& f) { f.operation.kind = 3; }},
    {"an ed25519 key to encrypt with", Rejection::key_not_admissible,
     [](AddFixture& f) { f.operation.purpose = static_cast<u8>(Purpose::encrypt); }},
    {"the identity as an ed25519 key", Rejection::key_not_admissible,
     [](AddFixture& f) { f.operation.bytes = {1}; }},
    {"an x25519 key of low order", Rejection::key_not_admissible,
     [](AddFixture& f) { f.operation = {2, static_cast<u8>(Purpose::encrypt), {}, {}, {}}; }},
    {"no possession proof", Rejection::possession_invalid,
     [](AddFixture& f) { f.operation.possession.reset(); }},
    {"a possession proof for another purpose", Rejection::possession_invalid,
     [](AddFixture& f) { f.operation.purpose = static_cast<u8>(Purpose::certify); }},
    {"another organisation's key", Rejection::possession_invalid,
     [](AddFixture& f) { f.by = &f.world.rival; }},
    {"an x25519 key with a possession proof", Rejection::possession_invalid,
     [](AddFixture& f) {
         f.operation.kind = 2;
         f.operation.purpose = static_cast<u8>(Purpose::encrypt);
         f.operation.bytes = crypto::exchange_public(f.world.seller.secret.prekey(1)).bytes;
     }},
    {"bytes that are registered", Rejection::key_exists,
     [](AddFixture& f) { f.operation = new_key(f.world.seller, Purpose::transact, 0); }},
    {"bytes that are registered for another purpose", Rejection::key_exists,
     [](AddFixture& f) {
         const auto& key = f.world.seller.transact;
         const KeyId id = ledger::key_id(f.world.seller.id, KeyKind::ed25519, Purpose::certify,
                                         key.public_key().bytes);
         f.operation.purpose = static_cast<u8>(Purpose::certify);
         f.operation.bytes = key.public_key().bytes;
         f.operation.possession = key.sign(crypto::domain::possession, id.bytes);
     }},
    {"an end before block time", Rejection::bad_field,
     [](AddFixture& f) { f.operation.valid_until_ms = MarketWorld::genesis_ms; }},
    {"more live transact keys than are kept", Rejection::limit_exceeded,
     [](AddFixture& f) {
         for (u32 n = 2; n < 2 + TransactKeys::keys_max - 1; ++n)
             REQUIRE(f.world.run(*f.by, new_key(*f.by, Purpose::transact, n)) == 0);
     }},
};

struct RevokeFixture {
    MarketWorld world;
    const Member* by = &world.seller;
    RevokeKey operation{world.seller.deliver_id};
};

const Refusal<RevokeFixture> revoke_refusals[] = {
    {"an unknown key", Rejection::not_found,
     [](RevokeFixture& f) { f.operation.key_id.bytes[0] ^= 1; }},
    {"another organisation's key", Rejection::not_allowed,
     [](RevokeFixture& f) { f.by = &f.world.rival; }},
    {"a key that is revoked", Rejection::wrong_state,
     [](RevokeFixture& f) { REQUIRE(f.world.run(*f.by, f.operation) == 0); }},
    {"the only transact key", Rejection::last_transact_key,
     [](RevokeFixture& f) { f.operation.key_id = f.world.seller.transact_id; }},
    {"the only one beside a revoked one", Rejection::last_transact_key,
     [](RevokeFixture& f) {
         const AddKey second = new_key(*f.by, Purpose::transact, 1);
         REQUIRE(f.world.run(*f.by, second) == 0);
         REQUIRE(f.world.run(*f.by, RevokeKey{id_of(*f.by, second)}) == 0);
         f.operation.key_id = f.world.seller.transact_id;
     }},
    {"the only one beside an expired one", Rejection::last_transact_key,
     [](RevokeFixture& f) {
         AddKey second = new_key(*f.by, Purpose::transact, 1);
         second.valid_until_ms = f.world.block.time_ms + 10;
         REQUIRE(f.world.run(*f.by, second) == 0);
         f.world.wait(10);
         f.operation.key_id = f.world.seller.transact_id;
     }},
};

}  // namespace

TEST_CASE("AddKey: every refusal") {
    check_refusals<AddFixture>(add_refusals);
}

TEST_CASE("RevokeKey: every refusal") {
    check_refusals<RevokeFixture>(revoke_refusals);
}

TEST_CASE("AddKey: a key counts from the next height and belongs to the author's organisation") {
    MarketWorld world;
    AddKey operation = new_key(world.seller, Purpose::transact, 1);
    operation.valid_until_ms = world.block.time_ms + MarketWorld::year_ms;
    REQUIRE(world.run(world.seller, operation) == 0);
    const u64 height = world.block.height;
    const auto key = ledger::find_key_by_bytes(world.state, operation.bytes);
    REQUIRE(key.has_value());
    CHECK(key->org == world.seller.id);
    CHECK(key->valid_from_height == height + 1);
    CHECK(key->valid_until_ms == operation.valid_until_ms);
    CHECK_FALSE(key->live_at(height, world.block.time_ms));
    CHECK(key->live_at(height + 1, world.block.time_ms));
    CHECK(events_of<KeyAdded>(world) ==
          std::vector{KeyAdded{id_of(world.seller, operation), world.seller.id, 1, 1, height + 1}});

    const Member second = signing_with(world.seller, 1);
    CHECK(world.run(second, new_key(world.seller, Purpose::certify, 0)) == 0);
    CHECK(world.faults == std::vector<std::string>{});
}

TEST_CASE("AddKey: an x25519 prekey needs no possession proof") {
    MarketWorld world;
    AddKey operation;
    operation.kind = static_cast<u8>(KeyKind::x25519);
    operation.purpose = static_cast<u8>(Purpose::encrypt);
    operation.bytes = crypto::exchange_public(world.seller.secret.prekey(1)).bytes;
    CHECK(world.run(world.seller, operation) == 0);
}

TEST_CASE("RevokeKey: a revoked key is refused from the next height on") {
    MarketWorld world;
    REQUIRE(world.run(world.seller, RevokeKey{world.seller.deliver_id}) == 0);
    const u64 height = world.block.height;
    const auto key = ledger::find_key(world.state, world.seller.deliver_id);
    CHECK(key->live_at(height, world.block.time_ms));
    CHECK_FALSE(key->live_at(height + 1, world.block.time_ms));
    CHECK(events_of<KeyRevoked>(world) ==
          std::vector{KeyRevoked{world.seller.deliver_id, world.seller.id, height + 1}});
}

TEST_CASE("RevokeKey: a transact key may revoke itself while another one is live") {
    MarketWorld world;
    REQUIRE(world.run(world.seller, new_key(world.seller, Purpose::transact, 1)) == 0);
    REQUIRE(world.run(world.seller, RevokeKey{world.seller.transact_id}) == 0);
    const Member second = signing_with(world.seller, 1);
    CHECK(world.run(second, RevokeKey{second.transact_id}) ==
          market::code(Rejection::last_transact_key));
    CHECK(world.run(world.seller, RevokeKey{world.seller.deliver_id}) ==
          ledger::code(ledger::Rejection::key_not_valid));
}

TEST_CASE("RevokeKey: two transact keys cannot revoke each other in one block") {
    MarketWorld world;
    const AddKey added = new_key(world.seller, Purpose::transact, 1);
    REQUIRE(world.run(world.seller, added) == 0);
    ledger::Overlay state(world.state);
    ledger::BlockContext block = world.block;
    ++block.height;
    const auto revoke = [&](const KeyId& signer, const KeyId& target) {
        const ledger::Key author = ledger::find_key(state, signer).value();
        REQUIRE(author.live_at(block.height, block.time_ms));
        Context context{block, author, {}, world.documents, state, {}};
        return apply(RevokeKey{target}, context);
    };
    const KeyId first = world.seller.transact_id;
    const KeyId second = id_of(world.seller, added);
    CHECK(revoke(first, second) == std::nullopt);
    CHECK(revoke(second, first) == Rejection::last_transact_key);
}

TEST_CASE("AddKey: room in the list comes back when keys end") {
    MarketWorld world;
    std::vector<KeyId> added;
    for (u32 n = 1; n < TransactKeys::keys_max; ++n) {
        const AddKey operation = new_key(world.seller, Purpose::transact, n);
        REQUIRE(world.run(world.seller, operation) == 0);
        added.push_back(id_of(world.seller, operation));
    }
    const AddKey more = new_key(world.seller, Purpose::transact, 100);
    CHECK(world.run(world.seller, more) == market::code(Rejection::limit_exceeded));
    REQUIRE(world.run(world.seller, RevokeKey{added.front()}) == 0);
    CHECK(world.run(world.seller, more) == 0);
    CHECK(world.faults == std::vector<std::string>{});
}

}  // namespace jangbu::test
