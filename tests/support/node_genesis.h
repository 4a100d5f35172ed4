// The genesis file of a node over the members of a MarketWorld.
#pragma once

#include "tests/support/market_world.h"

namespace jangbu::test {

// The members of a MarketWorld as a genesis file; the operator gets an operate key.
inline ledger::GenesisFile genesis_of(const MarketWorld& world) {
    std::map<StateKey, Bytes> entries;
    world.state.for_each(
        [&](ByteView key, ByteView value) { entries[to_bytes(key)] = to_bytes(value); });
    ledger::GenesisFile file;
    std::map<KeyId, Signature> possessions;
    const auto possess = [&](const KeyId& id, const crypto::SigningKey& key) {
        possessions[id] = key.sign(crypto::domain::possession, id.bytes);
    };
    for (const Member* member : world.members()) {
        possess(member->transact_id, member->transact);
        possess(member->deliver_id, member->deliver);
    }
    const crypto::SigningKey operate = world.node.secret.signing_key(Purpose::operate, 0);
    const ByteArray<32>& bytes = operate.public_key().bytes;
    const KeyId id =
        ledger::key_id(world.node.id, crypto::KeyKind::ed25519, Purpose::operate, bytes);
    entries[ledger::state_key(ledger::Table::key, id.view())] =
        bcs::encode(ledger::Key{1, 4, bytes, world.node.id, 0, {}, {}});
    entries[ledger::state_key(ledger::Table::key_by_bytes, bytes)] =
        bcs::encode(ledger::KeyByBytes{id});
    possess(id, operate);

    StateTree::Changes changes;
    for (const auto& [key, value] : entries) changes[key] = value;
    file.genesis = {"test", MarketWorld::genesis_ms, 1, {{{operate.public_key(), 1}}}, {}};
    file.genesis.state_root = StateTree().updated(changes).root();
    file.state.assign(entries.begin(), entries.end());
    file.possessions.assign(possessions.begin(), possessions.end());
    return file;
}

}  // namespace jangbu::test
