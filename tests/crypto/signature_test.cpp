#include "crypto/signature.h"

#include <doctest/doctest.h>
#include <sodium.h>

#include <set>

#include "tests/support/verdicts.h"

using namespace jangbu;
using namespace jangbu::crypto;
using namespace jangbu::test;

namespace {

PublicKey key_of(const json& hex) {
    return PublicKey(array_of<32>(hex));
}

bool possession_holds(const json& vector) {
    if (vector["key"].get<std::string>().size() != 64 ||
        vector["signature"].get<std::string>().size() != 128)
        return false;
    const PublicKey key = key_of(vector["key"]);
    const Tag key_tag("jangbu/key/v1");
    const ByteArray<2> kind_purpose = {static_cast<u8>(number_of(vector["kind"])),
                                       static_cast<u8>(number_of(vector["purpose"]))};
    const Hash key_id = key_tag({array_of<32>(vector["org"]), kind_purpose, key.view()});
    CHECK(key_id == array_of<32>(vector["key_id"]));
    return admissible_ed25519(key) &&
           verify(key, domain::possession, key_id, array_of<64>(vector["signature"]));
}

}  // namespace

TEST_CASE("signature: all 1,389 verdicts of ZIP-215, one by one and together") {
    const std::vector<Verdict> verdicts = read_verdicts();
    REQUIRE(verdicts.size() == 1389);
    std::vector<Claim> claims;
    for (const Verdict& verdict : verdicts) {
        CHECK_MESSAGE(verify(verdict.key, verdict.message, verdict.signature) == verdict.accepted,
                      verdict.set);
        claims.push_back({verdict.key, verdict.signature, verdict.message});
    }
    const std::vector<bool> together = verify_many(claims);
    REQUIRE(together.size() == verdicts.size());
    for (std::size_t i = 0; i < verdicts.size(); ++i)
        CHECK_MESSAGE(together[i] == verdicts[i].accepted, verdicts[i].set);
    CHECK(verify_many({}).empty());
}

TEST_CASE("signature: the verdicts hold the small-order, speccheck and RFC 8032 sets") {
    std::size_t small_order = 0, speccheck = 0, rfc8032 = 0;
    for (const Verdict& verdict : read_verdicts()) {
        if (verdict.set == "zip215") ++small_order;
        if (verdict.set.starts_with("speccheck")) ++speccheck;
        if (verdict.set == "rfc8032ref") ++rfc8032;
    }
    CHECK(small_order == 196);
    CHECK(speccheck == 12);
    CHECK(rfc8032 == 128);
}

TEST_CASE("signature: admits exactly the canonical keys of prime order") {
    const json& keys = vectors("keys.json")["ed25519"];
    CHECK(keys["admit"].size() == 14);
    for (const json& vector : keys["admit"])
        CHECK_MESSAGE(admissible_ed25519(key_of(vector["key"])), vector.dump());
    std::size_t refused = 0;
    for (const json& vector : keys["refuse"]) {
        const auto key = PublicKey::from_hex(vector["key"].get<std::string>());
        CHECK((vector["reason"] == "length") == !key.has_value());
        CHECK_MESSAGE((!key || !admissible_ed25519(*key)), vector.dump());
        ++refused;
    }
    CHECK(refused == 73);
}

TEST_CASE("signature: a possession proof needs the right key, purpose, organisation and domain") {
    const json& proofs = vectors("keys.json")["possession"];
    CHECK(proofs.size() == 17);
    for (const json& vector : proofs)
        CHECK_MESSAGE(possession_holds(vector) == vector["valid"].get<bool>(), vector["note"]);
}

TEST_CASE("signature: signs and verifies every transaction of the vectors") {
    const json& file = vectors("transactions.json");
    std::size_t count = 0;
    for (const char* list : {"operations", "transactions"})
        for (const json& vector : file[list]) {
            const SigningKey key(array_of<32>(vector["seed"]));
            const Hash txid = array_of<32>(vector["txid"]);
            CHECK(key.public_key() == key_of(vector["body"]["author"]));
            const ByteArray<46> message = signed_message(domain::transaction, txid);
            CHECK(to_bytes(message) == bytes_of(vector["signed_message"]));
            const Signature signature = key.sign(domain::transaction, txid);
            CHECK(signature == array_of<64>(vector["signature"]));
            CHECK(verify(key.public_key(), domain::transaction, txid, signature));
            CHECK(!verify(key.public_key(), domain::header, txid, signature));
            ++count;
        }
    CHECK(count > 3);
}

TEST_CASE("signature: refuses the transaction signatures that must fail") {
    const json& bad = vectors("transactions.json")["signatures_must_fail"];
    CHECK(bad.size() == 9);
    for (const json& vector : bad)
        CHECK_MESSAGE(!verify(key_of(vector["author"]), domain::transaction,
                              array_of<32>(vector["txid"]), array_of<64>(vector["signature"])),
                      vector["reason"]);
}

TEST_CASE("signature: a head and its cosignature, each in its own domain") {
    const json& head = vectors("transactions.json")["head"];
    const Hash hash = array_of<32>(head["hash"]);
    const SigningKey validator(array_of<32>(head["validator_seed"]));
    const SigningKey witness(array_of<32>(head["witness_seed"]));
    CHECK(validator.public_key() == key_of(head["validator"]));
    CHECK(witness.public_key() == key_of(head["witness"]));
    CHECK(validator.sign(domain::header, hash) == array_of<64>(head["signature"]));
    CHECK(witness.sign(domain::cosignature, hash) == array_of<64>(head["cosignature"]));
    CHECK(!verify(witness.public_key(), domain::header, hash, array_of<64>(head["cosignature"])));
}

TEST_CASE("signature: seven domains of fourteen bytes, no two alike") {
    const std::set<std::string_view> domains = {
        domain::transaction, domain::header, domain::cosignature, domain::possession,
        domain::ticket,      domain::quote,  domain::promise};
    CHECK(domains.size() == 7);
    for (std::string_view name : domains) CHECK(name.size() == 14);
}

TEST_CASE("signature: the key pairs of the vectors follow from their seeds") {
    for (const json& vector : vectors("hashes.json")["secrets"]["signing_keys"])
        CHECK(SigningKey(array_of<32>(vector["seed"])).public_key() == key_of(vector["public"]));
}

TEST_CASE("signature: a moved key still signs, and so does one that was assigned over") {
    SigningKey first(ByteArray<32>{1});
    const PublicKey public_key = first.public_key();
    const Signature before = first.sign(domain::quote, Hash{9});
    SigningKey second(std::move(first));
    CHECK(second.sign(domain::quote, Hash{9}) == before);
    SigningKey third(ByteArray<32>{2});
    third = std::move(second);
    CHECK(third.public_key() == public_key);
    CHECK(third.sign(domain::quote, Hash{9}) == before);
}

TEST_CASE("signature: agrees with libsodium on 10,000 signatures, half of them damaged") {
    // Honest keys and random damage: here the strict rule of libsodium and ZIP-215 say the same.
    ByteArray<32> seed{};
    std::size_t accepted = 0, disagreed = 0;
    std::vector<Bytes> messages;
    std::vector<Claim> claims;
    std::vector<bool> expected;
    messages.reserve(10'000);
    for (u32 i = 0; i < 10'000; ++i) {
        const Hash noise = sha256(le32(i));
        seed[0] = static_cast<u8>(i % 64);
        ByteArray<64> secret;
        Claim claim;
        crypto_sign_ed25519_seed_keypair(claim.key.bytes.data(), secret.data(), seed.data());
        Bytes& message = messages.emplace_back(i % 200, noise[0]);
        crypto_sign_ed25519_detached(claim.signature.data(), nullptr, message.data(),
                                     message.size(), secret.data());
        const u8 flip = static_cast<u8>(1 << (noise[1] % 8));
        switch (i % 8) {
            case 0:
                claim.signature[noise[2] % 32] ^= flip;
                break;
            case 1:
                claim.signature[32 + noise[2] % 32] ^= flip;
                break;
            case 2:
                claim.key.bytes[noise[2] % 32] ^= flip;
                break;
            case 3:
                if (!message.empty()) message[noise[2] % message.size()] ^= flip;
                break;
            default:
                break;
        }
        claim.message = message;
        expected.push_back(crypto_sign_ed25519_verify_detached(claim.signature.data(),
                                                               message.data(), message.size(),
                                                               claim.key.bytes.data()) == 0);
        if (verify(claim.key, message, claim.signature) != expected.back()) ++disagreed;
        accepted += expected.back() ? 1 : 0;
        claims.push_back(claim);
    }
    CHECK(disagreed == 0);
    CHECK(accepted >= 5'000);
    CHECK(accepted < 5'100);
    CHECK(verify_many(claims) == expected);
}
