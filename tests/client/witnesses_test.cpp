#include "client/witnesses.h"

#include <doctest/doctest.h>

namespace jangbu::client {
namespace {

std::string key_text(char digit) {
    return std::string(64, digit);
}

}  // namespace

TEST_CASE("witness rule: a key, or K of N keys") {
    const auto one = read_witness_rule(key_text('a'));
    REQUIRE(one.has_value());
    CHECK(one->needed == 1);
    REQUIRE(one->keys.size() == 1);
    CHECK(one->keys[0].hex() == key_text('a'));

    const auto rule =
        read_witness_rule("2of3:" + key_text('a') + "," + key_text('b') + "," + key_text('c'));
    REQUIRE(rule.has_value());
    CHECK(rule->needed == 2);
    REQUIRE(rule->keys.size() == 3);
    CHECK(rule->keys[2].hex() == key_text('c'));
}

TEST_CASE("witness rule: anything else is a mistake that is told") {
    const std::string a = key_text('a');
    const std::string b = key_text('b');
    for (const std::string& text :
         {std::string(), std::string("a"), a + "," + b, "0of1:" + a, "2of1:" + a, "2of2:" + a,
          "1of2:" + a + "," + a, "1of1:" + a + ",", "1of33:" + a, "of:" + a, "1of:" + a, "of1:" + a,
          "1:" + a, "-1of1:" + a, "1of1 :" + a, "+1of1:" + a, "99999999999999999999of1:" + a,
          "1of1:" + key_text('g'), "1of1:" + key_text('A')}) {
        CAPTURE(text);
        const auto rule = read_witness_rule(text);
        REQUIRE(!rule);
        CHECK(rule.error().code == ErrorCode::usage);
    }
}

}  // namespace jangbu::client
