#include "base/bytes.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace jangbu;

TEST_CASE("hex: writes lower case and reads it back") {
    const Bytes bytes = {0x00, 0x01, 0x7f, 0x80, 0xab, 0xff};
    CHECK(to_hex(bytes) == "00017f80abff");
    CHECK(from_hex("00017f80abff") == bytes);
    CHECK(from_hex("") == Bytes{});
    CHECK(rc::check([](const Bytes& any) { RC_ASSERT(from_hex(to_hex(any)) == any); }));
}

TEST_CASE("hex: refuses upper case, odd lengths and foreign characters") {
    for (const char* text :
         {"0", "000", "AB", "aB", "0x00", "0g", "g0", " 00", "00 ", "0 ", "-1", "é"})
        CHECK_MESSAGE(!from_hex(text), text);
    CHECK(!from_hex(std::string_view("0\0", 2)));
}

TEST_CASE("hex: a fixed array takes exactly its length") {
    CHECK(from_hex_array<2>("0102") == ByteArray<2>{1, 2});
    CHECK(!from_hex_array<2>("01"));
    CHECK(!from_hex_array<2>("010203"));
    CHECK(!from_hex_array<2>("01zz"));
}

TEST_CASE("base64url: agrees with RFC 4648 section 10, without padding") {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, text] : cases) {
        CHECK(to_base64url(as_bytes(plain)) == text);
        CHECK(from_base64url(text) == to_bytes(as_bytes(plain)));
    }
    CHECK(to_base64url(Bytes{0xfb, 0xff, 0xfe}) == "-__-");
}

TEST_CASE("base64url: every byte string has exactly one text") {
    CHECK(rc::check([](const Bytes& any) {
        const std::string text = to_base64url(any);
        RC_ASSERT(from_base64url(text) == any);
        // Whatever else decodes is the text of what it decodes to.
        std::string other = text + *rc::gen::element<char>('A', 'B', 'Q', '_', '=', '+');
        if (const auto decoded = from_base64url(other)) RC_ASSERT(to_base64url(*decoded) == other);
    }));
}

TEST_CASE("base64url: refuses padding, stray bits, foreign characters and impossible lengths") {
    for (const char* text :
         {"Zg==", "Zm8=", "Zh", "Zm9", "A", "AAAAA", "Zm+v", "Zm/v", "Zm 8", "Zm8\n"})
        CHECK_MESSAGE(!from_base64url(text), text);
    CHECK(!from_base64url(std::string_view("Z\0", 2)));
}

TEST_CASE("integers: little and big endian as written") {
    CHECK(be16(0x1234) == ByteArray<2>{0x12, 0x34});
    CHECK(le32(0x01020304) == ByteArray<4>{4, 3, 2, 1});
    CHECK(le64(0x0102030405060708) == ByteArray<8>{8, 7, 6, 5, 4, 3, 2, 1});
}

TEST_CASE("concat: joins its parts in order") {
    CHECK(concat({}) == Bytes{});
    CHECK(concat({as_bytes("ab"), ByteView{}, as_bytes("c")}) == to_bytes(as_bytes("abc")));
    CHECK(as_text(as_bytes("장부")) == "장부");
}
