// The genesis file: both ways, and one row for each thing that can be wrong in it.
#include "ledger/genesis.h"

#include <doctest/doctest.h>

#include "tests/ledger/genesis_file.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

// Finishes, writes and reads; the error's text, or "" when the file is accepted.
std::string verdict(const GenesisFile& file) {
    const Result<GenesisFile> read = decode_genesis_file(encode(file));
    return read ? "" : read.error().detail;
}
std::string verdict(const GenesisMaker& maker) {
    return verdict(maker.finish());
}

bool says(const std::string& detail, std::string_view what) {
    INFO(detail);
    return detail.starts_with("genesis file: ") && detail.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("genesis: a good file reads back as it was written") {
    const GenesisFile file = small_genesis().finish();
    const Result<GenesisFile> read = decode_genesis_file(encode(file));
    REQUIRE(read.has_value());
    CHECK(read->genesis == file.genesis);
    CHECK(read->state == file.state);
    CHECK(read->possessions == file.possessions);
    CHECK(encode(*read) == encode(file));
}

TEST_CASE("genesis: truncated, changed and trailing bytes are refused") {
    const Bytes bytes = encode(small_genesis().finish());
    for (std::size_t size = 0; size < bytes.size(); size += 3)
        CHECK_FALSE(decode_genesis_file(ByteView(bytes).first(size)).has_value());
    CHECK_FALSE(decode_genesis_file(concat({bytes, Bytes{0}})).has_value());
    // The label, the time, the protocol version and the power are free; every other byte is bound
    // by something.
    const auto is_free = [](std::size_t at) {
        return (at >= 3 && at < 17) || (at >= 51 && at < 59);
    };
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (is_free(at)) continue;
        Bytes changed = bytes;
        changed[at] ^= 0x10;
        CAPTURE(at);
        CHECK_FALSE(decode_genesis_file(changed).has_value());
    }
}

TEST_CASE("genesis: the state root must be that of the entries") {
    GenesisFile file = small_genesis().finish();
    file.genesis.state_root[0] ^= 1;
    CHECK(says(verdict(file), "state root"));
    file = small_genesis().finish();
    file.state.pop_back();
    CHECK(says(verdict(file), "state root"));
    file = small_genesis().finish();
    std::swap(file.state[0], file.state[1]);
    CHECK(says(check_genesis_file(file).error().detail, "do not strictly ascend"));
}

TEST_CASE("genesis: keys") {
    const OrgId org = org_id(key_named("member").public_key());
    const crypto::SigningKey pair = key_named("second");

    GenesisMaker maker = small_genesis();
    const KeyId id = maker.key(org, Purpose::deliver, pair);
    CHECK(verdict(maker).empty());

    maker.possessions[id][3] ^= 1;
    CHECK(says(verdict(maker), "key " + id.hex() + " has no possession proof, or a wrong one"));
    maker.possessions.erase(id);
    CHECK(says(verdict(maker), "key " + id.hex() + " has no possession proof, or a wrong one"));

    maker = small_genesis();
    maker.possessions[KeyId()] = Signature{};
    CHECK(says(verdict(maker), "belongs to no ed25519 key"));

    maker = small_genesis();
    OrgId nobody;
    maker.key(nobody, Purpose::deliver, pair);
    CHECK(says(verdict(maker), "belongs to no organisation"));

    maker = small_genesis();
    maker.key(org, Purpose::encrypt, pair);  // purpose 3 is for x25519
    CHECK(says(verdict(maker), "is not admissible"));

    maker = small_genesis();
    maker.key(org, Purpose::deliver, pair);
    maker.key(org, Purpose::certify, pair);  // the same bytes twice
    CHECK(says(verdict(maker), "table 14"));

    maker = small_genesis();
    maker.key(org, Purpose::deliver, pair);
    maker.state.erase(state_key(Table::key_by_bytes, pair.public_key().bytes));
    CHECK(says(verdict(maker), "table 14"));

    maker = small_genesis();
    maker.put(state_key(Table::key_by_bytes, Hash{9}), KeyByBytes{id});
    CHECK(says(verdict(maker), "table 14 names bytes that are no key's"));
}

TEST_CASE("genesis: a key's record must be of height 0, not revoked, and under its own id") {
    const OrgId org = org_id(key_named("member").public_key());
    const crypto::SigningKey pair = key_named("second");
    const auto changed = [&](auto&& change) {
        GenesisMaker maker = small_genesis();
        const StateKey at = state_key(Table::key, maker.key(org, Purpose::deliver, pair).bytes);
        Key record = *bcs::decode<Key>(maker.state.at(at));
        change(record);
        maker.put(at, record);
        return verdict(maker);
    };
    CHECK(changed([](Key&) {}).empty());
    CHECK(says(changed([](Key& key) { key.valid_from_height = 1; }), "is not valid from height 0"));
    CHECK(says(changed([](Key& key) { key.revoked_at_height = 9; }), "is revoked"));
    CHECK(says(changed([](Key& key) { key.purpose = 1; }), "does not stand under its own id"));
    CHECK(changed([](Key& key) { key.valid_until_ms = 1; }).empty());
}

TEST_CASE("genesis: an x25519 key needs no proof and may have none") {
    const OrgId org = org_id(key_named("member").public_key());
    const crypto::ExchangeKey exchange =
        crypto::exchange_public(crypto::sha256(as_bytes("prekey")));
    Key record;
    record.kind = static_cast<u8>(KeyKind::x25519);
    record.purpose = static_cast<u8>(Purpose::encrypt);
    record.bytes = exchange.bytes;
    record.org = org;
    const KeyId id = key_id(org, KeyKind::x25519, Purpose::encrypt, record.bytes);
    GenesisMaker maker = small_genesis();
    maker.put(state_key(Table::key, id.bytes), record);
    maker.put(state_key(Table::key_by_bytes, record.bytes), KeyByBytes{id});
    CHECK(verdict(maker).empty());
    maker.possessions[id] = Signature{};
    CHECK(says(verdict(maker), "belongs to no ed25519 key"));
}

TEST_CASE("genesis: organisations") {
    GenesisMaker maker = small_genesis();
    Organisation record;
    record.id.bytes[0] = 7;
    maker.put(state_key(Table::organisation, record.id.bytes), record);
    CHECK(says(verdict(maker), "is not named by one of its transact keys"));

    maker = small_genesis();
    const OrgId org = maker.organisation("third", 0);
    record.id.bytes[0] = 8;
    maker.put(state_key(Table::organisation, org.bytes), record);
    CHECK(says(verdict(maker), "organisation " + org.hex() + " does not stand under its own id"));

    maker = small_genesis();
    maker.state[Bytes{1, 2, 3}] = bcs::encode(record);
    CHECK(says(verdict(maker), "the id is not 32 bytes"));
    maker = small_genesis();
    maker.state[state_key(Table::organisation, org.bytes)] = Bytes{1};
    CHECK(says(verdict(maker), "truncated"));
    maker = small_genesis();
    maker.state[Bytes{}] = Bytes{1};
    CHECK(says(verdict(maker), "a state key is empty"));
}

TEST_CASE("genesis: parameters") {
    const auto with = [](std::string_view name, const Parameter& parameter) {
        GenesisMaker maker = small_genesis();
        maker.put(state_key(Table::parameter, as_bytes(name)), parameter);
        return verdict(maker);
    };
    const OrgId member = org_id(key_named("member").public_key());
    CHECK(with("heartbeat_ms", {u64{1'000}, {}}).empty());
    CHECK(says(with("heartbeat_ms", {u64{999}, {}}),
               "parameter \"heartbeat_ms\" is outside 1000 to 600000"));
    CHECK(says(with("window_max_ms", {u64{86'400'001}, {}}), "is outside"));
    CHECK(says(with("heartbeat_ms", {u64{1'000}, std::pair{ParameterValue(u64{0}), u64{5}}}),
               "is outside"));
    CHECK(says(with("halt_gap_ms", {member, {}}), "is not a number"));
    CHECK(with("treasury", {member, {}}).empty());
    CHECK(says(with("treasury", {OrgId(), {}}), "names no organisation"));
    CHECK(with("some_market_number", {u64{0}, {}}).empty());
}

TEST_CASE("genesis: validators are operate keys of organisations with the role") {
    GenesisMaker maker = small_genesis();
    maker.genesis.validators.validators = {{key_named("stranger").public_key(), 1}};
    CHECK(says(verdict(maker), "is no registered key"));
    maker.genesis.validators.validators = {{key_named("operator").public_key(), 1}};
    CHECK(says(verdict(maker), "is not a key of purpose 4"));
    maker = small_genesis();
    const crypto::SigningKey other = key_named("other operate");
    maker.key(org_id(key_named("member").public_key()), Purpose::operate, other);
    maker.genesis.validators.validators = {{other.public_key(), 1}};
    CHECK(says(verdict(maker), "without the validator role"));
}
