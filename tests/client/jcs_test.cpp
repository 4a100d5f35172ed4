#include "client/jcs.h"

#include <doctest/doctest.h>

#include <bit>

#include "client/did_key.h"

namespace jangbu::client {
namespace {

std::string canonical(std::string_view text) {
    const auto parsed = parse_json_once(as_bytes(text), "text");
    REQUIRE(parsed.has_value());
    const auto out = canonical_json(*parsed);
    REQUIRE_MESSAGE(out.has_value(), out.error().detail);
    return *out;
}

// The examples of RFC 8785 sections 3.2.2 and 3.2.3.
TEST_CASE("JCS: the examples of RFC 8785") {
    CHECK(canonical(R"({
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    })") ==
          "{\"literals\":[null,true,false],"
          "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
          "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    CHECK(canonical(R"({
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    })") ==
          "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
          "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
          "\"\U0001f600\":\"Emoji: Grinning Face\","
          "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
}

// RFC 8785 appendix B: the bits of a double and its text.
TEST_CASE("JCS: numbers of RFC 8785 appendix B") {
    const std::pair<u64, const char*> samples[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
    };
    for (const auto& [bits, text] : samples)
        CHECK(ecmascript_number(std::bit_cast<double>(bits)) == text);
}

TEST_CASE("JCS: what has no canonical form, or two readings, is refused") {
    CHECK(!parse_json_once(as_bytes(R"({"a":1,"a":2})"), "text").has_value());
    CHECK(!parse_json_once(as_bytes(R"([{"b":{"a":1,"a":1}}])"), "text").has_value());
    CHECK(parse_json_once(as_bytes(R"([{"a":1},{"a":2}])"), "text").has_value());
    CHECK(!parse_json_once(as_bytes(std::string(40, '[') + std::string(40, ']')), "text"));
    CHECK(!canonical_json(Json(9'007'199'254'740'993ull)).has_value());
    CHECK(!canonical_json(Json(std::int64_t{-9'007'199'254'740'993})).has_value());
    CHECK(!canonical_json(Json(std::string("\xff"))).has_value());
    CHECK(canonical("{\"b\":1,\"a\":[ ]}") == "{\"a\":[],\"b\":1}");
}

// The examples of the base58 draft of the IETF, and a key of W3C vc-di-eddsa, appendix B.
TEST_CASE("did:key: base58btc both ways, and the key of a W3C example") {
    CHECK(multibase(as_bytes("Hello World!")) == "z2NEpo7TZRRrLZSi2U");
    CHECK(multibase(as_bytes("The quick brown fox jumps over the lazy dog.")) ==
          "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z");
    CHECK(multibase(ByteArray<6>{0, 0, 0x28, 0x7f, 0xb4, 0xcd}) == "z11233QC4");
    CHECK(from_multibase("z11233QC4") == Bytes{0, 0, 0x28, 0x7f, 0xb4, 0xcd});
    CHECK(!from_multibase("2NEpo7TZRRrLZSi2U").has_value());
    CHECK(!from_multibase("z0OIl").has_value());
    const std::string did = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    const auto key = key_of_did(did);
    REQUIRE(key.has_value());
    CHECK(did_of(*key) == did);
    CHECK(verification_method_of(*key) == did + "#" + did.substr(8));
    CHECK(!key_of_did("did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ").has_value());
    CHECK(!key_of_did("did:key:z11233QC4").has_value());
    CHECK(!key_of_did("did:web:example.org").has_value());
}

}  // namespace
}  // namespace jangbu::client
