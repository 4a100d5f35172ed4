#include "crypto/tls_identity.h"

#include <doctest/doctest.h>

using namespace jangbu;
using crypto::TlsIdentity;

namespace {

// openssl ecparam -genkey; the pin by openssl x509 -pubkey | openssl pkey -pubin -outform der |
// openssl dgst -sha256 -binary | openssl base64.
constexpr std::string_view other_pem = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCUqY1CuEMdEsU7s2
iyigS3Z9g8CQH4swOvI5r5A1vE6hRANCAAQAHW9QWT3lFcuBYoL332ROmlzzrsDd
8Nkp5NnXAOe2DRQ58KM1hlUGFgNk2/O6Bil6mnRN+cQ+z8a949vfT4t7
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBczCCARmgAwIBAgIUTuMn+lgLXHhk6YpyFHvmI/7CT1swCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMzAyMzU4MDlaFw0yNjEyMDEyMzU4MDla
MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQAHW9Q
WT3lFcuBYoL332ROmlzzrsDd8Nkp5NnXAOe2DRQ58KM1hlUGFgNk2/O6Bil6mnRN
+cQ+z8a949vfT4t7o1MwUTAdBgNVHQ4EFgQUbDIJyBypmeWyKOe/Cl5blfRBF50w
HwYDVR0jBBgwFoAUbDIJyBypmeWyKOe/Cl5blfRBF50wDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNIADBFAiB782taYfdHyqKZ1jyi8+ezjf6CHBsXKNiRY+Ej
B5dakAIhAJX9y4cjAR6rIdk/BVZVjFtiAknvC/J+Bq09hxienyxH
-----END CERTIFICATE-----
)";
constexpr std::string_view other_pin = "sha256//LEZOyn2uWCM6lzF/Uvyw35AmQcOMW9g1Tybq1WQSAS8=";

std::string part(const std::string& pem, std::string_view what) {
    const std::size_t begin = pem.find("-----BEGIN " + std::string(what));
    REQUIRE(begin != std::string::npos);
    const std::size_t end = pem.find("-----END", begin);
    return pem.substr(begin, pem.find('\n', end) + 1 - begin);
}

}  // namespace

TEST_CASE("tls identity: each is new, and is read again with the same pin") {
    const auto one = TlsIdentity::make();
    const auto two = TlsIdentity::make();
    REQUIRE(one.has_value());
    REQUIRE(two.has_value());
    CHECK(one->pin != two->pin);
    CHECK(crypto::is_tls_pin(one->pin));
    const auto again = TlsIdentity::read(one->pem);
    REQUIRE(again.has_value());
    CHECK(again->pin == one->pin);
}

TEST_CASE("tls identity: the pin is the one that another program computes") {
    const auto read = TlsIdentity::read(other_pem);
    REQUIRE(read.has_value());
    CHECK(read->pin == other_pin);
}

TEST_CASE("tls identity: what is no key with its own certificate is refused") {
    const std::string one = TlsIdentity::make()->pem;
    const std::string two = TlsIdentity::make()->pem;
    const std::string key = part(one, "PRIVATE KEY");
    const std::string certificate = part(one, "CERTIFICATE");
    for (const std::string& bad : {std::string(), std::string("nonsense"), key, certificate,
                                   key + part(two, "CERTIFICATE"), one.substr(0, one.size() / 2)}) {
        CAPTURE(bad);
        const auto read = TlsIdentity::read(bad);
        REQUIRE(!read.has_value());
        CHECK(read.error().code == ErrorCode::malformed);
        CHECK(read.error().detail.find("BEGIN") == std::string::npos);
    }
    CHECK(TlsIdentity::read(certificate + key).has_value());
}

TEST_CASE("tls identity: a pin is sha256// and the base64 of 32 bytes") {
    const std::string good = "sha256//" + std::string(43, 'A') + "=";
    CHECK(crypto::is_tls_pin(good));
    for (const std::string& bad :
         {std::string(), std::string("sha256//"), "sha256/" + good.substr(8), good + "=",
          good.substr(0, good.size() - 1),
          good.substr(0, good.size() - 2) + "==", "sha512//" + good.substr(8), good + ";" + good,
          "sha256//" + std::string(42, 'A') + "-=", "sha256// " + std::string(42, 'A') + "="}) {
        CAPTURE(bad);
        CHECK_FALSE(crypto::is_tls_pin(bad));
    }
}
