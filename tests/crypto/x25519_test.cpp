#include "crypto/x25519.h"

#include <doctest/doctest.h>

#include "tests/support/vectors.h"

namespace jangbu::crypto {
namespace {

using test::array_of;
using test::json;

TEST_CASE("x25519: RFC 7748 section 6.1") {
    const ExchangeSecret alice =
        array_of<32>("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    const ExchangeSecret bob =
        array_of<32>("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    CHECK(exchange_public(alice).hex() ==
          "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    CHECK(exchange_public(bob).hex() ==
          "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    const Hash shared =
        array_of<32>("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    CHECK(shared_secret(alice, exchange_public(bob)).value() == shared);
    CHECK(shared_secret(bob, exchange_public(alice)).value() == shared);
}

TEST_CASE("x25519: keys to admit give the expected secret") {
    const json& file = test::vectors("keys.json")["x25519"];
    const ExchangeSecret secret = array_of<32>(file["secret"]);
    CHECK(exchange_public(secret) == ExchangeKey(array_of<32>(file["public"])));
    REQUIRE(file["admit"].size() == 7);
    for (const json& entry : file["admit"]) {
        const ExchangeKey key(array_of<32>(entry["key"]));
        INFO(key.hex());
        CHECK(admissible_x25519(key));
        CHECK(shared_secret(secret, key).value() == array_of<32>(entry["shared"]));
    }
}

TEST_CASE("x25519: keys to refuse are refused, and an all-zero secret is an error") {
    const json& file = test::vectors("keys.json")["x25519"];
    const ExchangeSecret secret = array_of<32>(file["secret"]);
    REQUIRE(file["refuse"].size() == 17);
    for (const json& entry : file["refuse"]) {
        const ExchangeKey key(array_of<32>(entry["key"]));
        INFO(entry["note"].get<std::string>() << " " << key.hex());
        CHECK_FALSE(admissible_x25519(key));
        const Result<Hash> shared = shared_secret(secret, key);
        if (array_of<32>(entry["shared"]) == ByteArray<32>{}) {
            REQUIRE_FALSE(shared.has_value());
            CHECK(shared.error().code == ErrorCode::verification_failed);
        } else {
            CHECK(shared.value() == array_of<32>(entry["shared"]));
        }
    }
}

TEST_CASE("x25519: p - 2 is admitted, p and all above it are not") {
    ByteArray<32> bytes{};
    bytes.fill(0xFF);
    bytes[31] = 0x7F;
    for (unsigned low = 0xE7; low <= 0xFF; ++low) {
        bytes[0] = static_cast<u8>(low);
        INFO(low);
        // p = 2^255 - 19 ends in 0xED; p - 1 is of low order.
        CHECK(admissible_x25519(ExchangeKey(bytes)) == (low < 0xEC));
    }
}

}  // namespace
}  // namespace jangbu::crypto
