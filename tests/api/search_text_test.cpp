#include "api/search_text.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace jangbu;

namespace {

bool finds(std::string_view query, std::string_view text) {
    const auto index = api::index_tokens(text);
    const auto wanted = api::query_tokens(query);
    return !wanted.empty() && std::ranges::all_of(wanted, [&](const std::string& token) {
        return std::ranges::find(index, token) != index.end();
    });
}

}  // namespace

TEST_CASE("search text: a two-syllable word is found inside a longer one") {
    CHECK(finds("절삭", "CNC 절삭가공 데이터"));
    CHECK(finds("데이터", "온도데이터셋"));
    CHECK(finds("온도", "금형 온도"));
    CHECK(!finds("온도", "금형 압력"));
}

TEST_CASE("search text: spacing does not matter") {
    CHECK(finds("금형온도", "금형 온도 기록"));
    CHECK(finds("금형 온도", "금형온도 기록"));
}

TEST_CASE(
    "search text: one syllable is found, and a blank in the wrong place does not hide a word") {
    CHECK(finds("축", "주축 전류"));
    CHECK(finds("절 삭가공", "절삭가공"));
    CHECK(finds("금형온 도", "금형 온도"));
    CHECK(!finds("축", "주조"));
}

TEST_CASE("search text: decomposed Hangul is the same word, and case does not matter") {
    CHECK(
        finds("\xE1\x84\x8C\xE1\x85\xA5\xE1\x86\xAF\xE1\x84\x89\xE1\x85\xA1\xE1\x86\xA8", "절삭"));
    CHECK(finds("cnc", "CNC milling"));
    CHECK(finds("MILLING", "CNC milling"));
}

TEST_CASE("search text: punctuation and broken bytes give no token") {
    CHECK(api::query_tokens("\"'()*-").empty());
    CHECK(api::query_tokens("\xff\xfe").empty());
    CHECK(api::query_tokens("").empty());
}
