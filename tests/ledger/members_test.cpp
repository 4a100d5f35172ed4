// Keys: admission against vectors, life at a height and time, look-ups.
#include "ledger/members.h"

#include <doctest/doctest.h>

#include "ledger/state_tree.h"
#include "tests/ledger/vector_records.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

// The fields of AddKey, which the ledger does not know as an operation.
struct AddKey {
    u8 tag = 0;
    u8 kind = 0;
    u8 purpose = 0;
    ByteArray<32> bytes{};
    std::optional<u64> valid_until_ms;
    std::optional<Signature> possession;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.tag);
        c(self.kind);
        c(self.purpose);
        c(self.bytes);
        c(self.valid_until_ms);
        c(self.possession);
    }
};

}  // namespace

TEST_CASE("members: AddKey is admitted or refused as the vectors say, 120 before 121") {
    CHECK(vectors("keys.json").at("add_key").size() == 27);
    for (const json& entry : vectors("keys.json").at("add_key")) {
        CAPTURE(entry.at("note").get<std::string>());
        const auto add = bcs::decode<AddKey>(bytes_of(entry.at("operation")));
        REQUIRE(add.has_value());
        const KeyAdmission verdict = admit_key(id_of<OrgId>(entry.at("org")), add->kind,
                                               add->purpose, add->bytes, add->possession);
        if (entry.at("valid").get<bool>())
            CHECK(verdict == KeyAdmission::ok);
        else if (entry.at("rejection") == 120)
            CHECK(verdict == KeyAdmission::not_admissible);
        else
            CHECK(verdict == KeyAdmission::possession_invalid);
    }
}

TEST_CASE("members: key ids and proofs of possession") {
    for (const json& entry : vectors("keys.json").at("possession")) {
        if (entry.at("key").get<std::string>().size() != 64) continue;
        if (entry.at("signature").get<std::string>().size() != 128) continue;
        CAPTURE(entry.at("note").get<std::string>());
        const auto org = id_of<OrgId>(entry.at("org"));
        const auto kind = static_cast<u8>(number_of(entry.at("kind")));
        const auto purpose = static_cast<u8>(number_of(entry.at("purpose")));
        const auto bytes = array_of<32>(entry.at("key"));
        CHECK(key_id(org, static_cast<KeyKind>(kind), static_cast<Purpose>(purpose), bytes).hex() ==
              text_of(entry.at("key_id")));
        const KeyAdmission verdict =
            admit_key(org, kind, purpose, bytes, array_of<64>(entry.at("signature")));
        CHECK((verdict == KeyAdmission::ok) == entry.at("valid").get<bool>());
    }
}

TEST_CASE("members: strict admission of ed25519 and x25519 keys") {
    const OrgId org;
    const auto verdict = [&](const json& key, KeyKind kind, Purpose purpose) {
        return admit_key(org, static_cast<u8>(kind), static_cast<u8>(purpose), array_of<32>(key),
                         {});
    };
    const json& file = vectors("keys.json");
    // Admissible keys only lack their proof; the others are refused before it is looked at.
    for (const json& entry : file.at("ed25519").at("admit"))
        CHECK(verdict(entry.at("key"), KeyKind::ed25519, Purpose::transact) ==
              KeyAdmission::possession_invalid);
    for (const json& entry : file.at("ed25519").at("refuse")) {
        if (entry.at("reason") == "length") continue;
        CHECK(verdict(entry.at("key"), KeyKind::ed25519, Purpose::transact) ==
              KeyAdmission::not_admissible);
    }
    for (const json& entry : file.at("x25519").at("admit"))
        CHECK(verdict(entry.at("key"), KeyKind::x25519, Purpose::encrypt) == KeyAdmission::ok);
    for (const json& entry : file.at("x25519").at("refuse"))
        CHECK(verdict(entry.at("key"), KeyKind::x25519, Purpose::encrypt) ==
              KeyAdmission::not_admissible);
}

TEST_CASE("members: a key lives from its height until its time or its revocation") {
    Key key;
    key.valid_from_height = 3;
    CHECK_FALSE(key.live_at(2, 1'000));
    CHECK(key.live_at(3, 1'000));
    key.valid_until_ms = 1'000;
    CHECK(key.live_at(3, 1'000));
    CHECK_FALSE(key.live_at(3, 1'001));
    key.revoked_at_height = 5;
    CHECK(key.live_at(4, 1'000));
    CHECK_FALSE(key.live_at(5, 1'000));
    CHECK_FALSE(key.live_at(6, 1'000));
}

TEST_CASE("members: look-ups by id and by bytes") {
    Organisation organisation;
    organisation.id.bytes[0] = 1;
    organisation.roles = role_validator | role_store;
    organisation.endpoint = "http://127.0.0.1:7700";
    Key key;
    key.kind = 1;
    key.purpose = 4;
    key.bytes[5] = 5;
    key.org = organisation.id;
    const KeyId id = key_id(key.org, KeyKind::ed25519, Purpose::operate, key.bytes);

    const StateTree empty;
    Overlay state(empty);
    write_record(state, state_key(Table::organisation, organisation.id.bytes), organisation);
    write_record(state, state_key(Table::key, id.bytes), key);
    write_record(state, state_key(Table::key_by_bytes, key.bytes), KeyByBytes{id});
    CHECK(find_organisation(state, organisation.id) == organisation);
    CHECK(find_key(state, id) == key);
    CHECK(find_key_by_bytes(state, key.bytes) == key);
    CHECK_FALSE(find_organisation(state, OrgId()));
    CHECK_FALSE(find_key(state, KeyId()));
    CHECK_FALSE(find_key_by_bytes(state, ByteArray<32>{}));
}
