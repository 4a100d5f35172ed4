// A small ledger for tests: organisations with keys made from names, and the genesis file that
// starts it.
#pragma once

#include "ledger/genesis.h"
#include "ledger/members.h"
#include "ledger/parameters.h"
#include "ledger/state_tree.h"

namespace jangbu::test {

using namespace ledger;

// A key pair from a name; the same every time.
inline crypto::SigningKey key_named(std::string_view name) {
    return crypto::SigningKey(crypto::sha256(as_bytes(name)));
}

// Collects state entries and possession proofs; finish() computes the root.
class GenesisMaker {
public:
    // An organisation with one transact key, of the same name.
    OrgId organisation(std::string_view name, u16 roles) {
        const crypto::SigningKey first = key_named(name);
        Organisation record;
        record.id = org_id(first.public_key());
        record.roles = roles;
        put(state_key(Table::organisation, record.id.bytes), record);
        key(record.id, Purpose::transact, first);
        return record.id;
    }
    KeyId key(const OrgId& org, Purpose purpose, const crypto::SigningKey& pair) {
        Key record;
        record.kind = static_cast<u8>(KeyKind::ed25519);
        record.purpose = static_cast<u8>(purpose);
        record.bytes = pair.public_key().bytes;
        record.org = org;
        const KeyId id = key_id(org, KeyKind::ed25519, purpose, record.bytes);
        put(state_key(Table::key, id.bytes), record);
        put(state_key(Table::key_by_bytes, record.bytes), KeyByBytes{id});
        possessions[id] = pair.sign(crypto::domain::possession, id.bytes);
        return id;
    }
    template <class Record>
    void put(const StateKey& key, const Record& record) {
        state[key] = bcs::encode(record);
    }

    GenesisFile finish() const {
        GenesisFile file{
            genesis, {state.begin(), state.end()}, {possessions.begin(), possessions.end()}};
        StateTree::Changes entries;
        for (const auto& [key, value] : state) entries[key] = value;
        file.genesis.state_root = StateTree().updated(entries).root();
        return file;
    }

    Genesis genesis{"test", 1'800'000'000'000, 1, {}, {}};
    std::map<StateKey, Bytes> state;
    std::map<KeyId, Signature> possessions;
};

// One operator with the validator role and a validator key "operate".
inline GenesisMaker small_genesis() {
    GenesisMaker maker;
    const OrgId operator_id = maker.organisation("operator", role_validator | role_store);
    const crypto::SigningKey operate = key_named("operate");
    maker.key(operator_id, Purpose::operate, operate);
    maker.organisation("member", 0);
    maker.genesis.validators.validators = {{operate.public_key(), 1}};
    return maker;
}

}  // namespace jangbu::test
