#include "crypto/hash.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "tests/support/vectors.h"

using namespace jangbu;
using namespace jangbu::crypto;
using namespace jangbu::test;

TEST_CASE("hash: SHA-256 and SHA-512 agree with FIPS 180-4") {
    CHECK(to_hex(sha256(ByteView{})) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(to_hex(sha256(as_bytes("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(to_hex(sha512({as_bytes("abc")})) ==
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    const Bytes million(1'000'000, 'a');
    CHECK(to_hex(sha256(million)) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("hash: HMAC agrees with RFC 4231, keys longer than a block included") {
    const Bytes key20(20, 0x0b);
    CHECK(to_hex(hmac_sha256(key20, {as_bytes("Hi There")})) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(to_hex(hmac_sha512(key20, {as_bytes("Hi "), as_bytes("There")})) ==
          "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
          "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
    CHECK(to_hex(hmac_sha256({}, {})) ==
          "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    CHECK(to_hex(hmac_sha512({}, {ByteView{}})) ==
          "b936cee86c9f87aa5d3c6f2e84cb5a4239a5fe50480a6ec66b70ab5b1f4ac673"
          "0c6c515421b327ec1d69402e53dfb49ad7381eb067b338fd7b0cb22247225d47");
    const Bytes key131(131, 0xaa);
    const ByteView text = as_bytes("Test Using Larger Than Block-Size Key - Hash Key First");
    CHECK(to_hex(hmac_sha256(key131, {text})) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(to_hex(hmac_sha512(key131, {text})) ==
          "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
          "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

TEST_CASE("hash: every tagged vector") {
    const json& tagged = vectors("hashes.json")["tagged"];
    CHECK(tagged.size() == 8);
    for (const json& vector : tagged) {
        const Tag tag(vector["tag"].get<std::string>());
        const Bytes message = bytes_of(vector["message"]);
        CHECK_MESSAGE(tag(message) == array_of<32>(vector["hash"]), vector.dump());
        const std::size_t half = message.size() / 2;
        const ByteView view = message;
        CHECK(tag({view.first(half), ByteView{}, view.subspan(half)}) ==
              array_of<32>(vector["hash"]));
    }
}

TEST_CASE("hash: a tag is its definition and can be used again") {
    const std::string name = "jangbu/test/v1";
    const Tag tag(name);
    const Hash digest = sha256(as_bytes(name));
    CHECK(rc::check([&](const Bytes& message) {
        RC_ASSERT(tag(message) == sha256({digest, digest, message}));
    }));
    CHECK(tag(ByteView{}) != Tag("jangbu/test/v2")(ByteView{}));
}

TEST_CASE("hash: the same bytes in any parts give the same hash") {
    CHECK(rc::check([](const std::vector<Bytes>& parts) {
        Sha256 stream;
        Bytes whole;
        for (const Bytes& part : parts) {
            stream.update(part);
            whole.insert(whole.end(), part.begin(), part.end());
        }
        RC_ASSERT(stream.finish() == sha256(whole));
        const std::size_t cut = whole.size() / 3;
        const ByteView view = whole;
        RC_ASSERT(sha512({view.first(cut), view.subspan(cut)}) == sha512({whole}));
    }));
}

TEST_CASE("hash: constant-time equality compares length and every byte") {
    const Bytes a(33, 7);
    CHECK(equal_constant_time(a, Bytes(33, 7)));
    CHECK(equal_constant_time(ByteView{}, ByteView{}));
    CHECK(!equal_constant_time(a, Bytes(32, 7)));
    for (std::size_t i = 0; i < a.size(); ++i) {
        Bytes b = a;
        b[i] ^= 0x80;
        CHECK(!equal_constant_time(a, b));
    }
}

TEST_CASE("hash: wiping leaves zeros, random bytes differ") {
    auto secret = random_array<48>();
    CHECK(secret != random_array<48>());
    CHECK(std::ranges::count(secret, 0) < 16);
    wipe(secret);
    wipe({});
    random_bytes({});
    CHECK(std::ranges::count(secret, 0) == 48);
}
