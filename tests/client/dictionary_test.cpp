#include "client/profile/dictionary.h"

#include <doctest/doctest.h>

#include "client/profile/profile_document.h"
#include "client/profile/profile_view.h"
#include "tests/client/folder.h"

#include <nlohmann/json.hpp>

using namespace jangbu;
using namespace jangbu::client;

namespace {

constexpr std::string_view good = R"(format = "jangbu-dictionary/1"
title = "밀링 주축"
equipment = "VMC-650"

[[column]]
name = "temp"
meaning = "주축 온도"
type = "real"
unit = "℃"
min = -10
max = 110.5

[[column]]
name = "at"
type = "time"
min = "2026-01-01"
max = "2026-12-31 23:59:59"
)";

std::string dictionary_refusal(std::string_view toml) {
    const DictionaryReading reading = read_dictionary(toml);
    REQUIRE_FALSE(reading.faults.empty());
    return std::to_string(reading.faults.front().line) + ": " + reading.faults.front().what;
}

Profile profile_of(const test::Folder& folder, std::string_view csv) {
    Progress quiet;
    return test::must(profile_file(folder.write("data.csv", as_bytes(csv)), quiet));
}

}  // namespace

TEST_CASE("dictionary: a sound one is read as written") {
    const Dictionary dictionary = test::must(sound_dictionary(good, "d.toml"));
    CHECK(dictionary.title == "밀링 주축");
    REQUIRE(dictionary.columns.size() == 2);
    CHECK(dictionary.columns[0].unit == "℃");
    CHECK(dictionary.columns[0].low == "-10");
    CHECK(dictionary.columns[0].high == "110.5");
    CHECK(dictionary.columns[1].low == "2026-01-01");
}

TEST_CASE("dictionary: its hash is that of its BCS under the schema tag") {
    Dictionary dictionary;
    dictionary.title = "t";
    dictionary.columns.push_back({"a", "m", 2, "V", "1", "", "e"});
    // Version, title, equipment, one column: name, meaning, type, unit, low, high, equipment.
    CHECK(to_hex(bcs::encode(dictionary)) ==
          "0101740001"
          "0161"
          "016d"
          "02"
          "0156"
          "0131"
          "00"
          "0165");
    const crypto::Hash tagged = crypto::sha256(as_bytes("jangbu/schema/v1"));
    CHECK(schema_hash(dictionary) == crypto::sha256({tagged, tagged, bcs::encode(dictionary)}));
    Dictionary other = dictionary;
    other.columns[0].meaning = "n";
    CHECK(schema_hash(other) != schema_hash(dictionary));
}

TEST_CASE("dictionary: every fault is told with its line") {
    CHECK(dictionary_refusal(
              "format = \"jangbu-dictionary/1\"\n[[column]]\nname = \"a\"\nunit = 3\n") ==
          "4: unit is a text in quotes");
    CHECK(dictionary_refusal(
              "format = \"jangbu-dictionary/1\"\n[[column]]\nname = \"a\"\ncolour = \"x\"\n") ==
          "4: unknown key colour");
    CHECK(dictionary_refusal("format = \"jangbu-dictionary/1\"\n[[column]]\nmeaning = \"a\"\n") ==
          "2: a column has no name");
    CHECK(dictionary_refusal(
              "format = \"jangbu-dictionary/1\"\n[[column]]\nname = \"a\"\n[[column]]\nname = "
              "\"a\"\n") == "4: a second column a");
    CHECK(dictionary_refusal(
              "format = \"jangbu-dictionary/1\"\n[[column]]\nname = \"a\"\nmin = 5\nmax = 4\n") ==
          "2: min is above max");
    CHECK(dictionary_refusal(
              "format = \"jangbu-dictionary/1\"\n[[column]]\nname = \"a\"\nmin = \"low\"\n") ==
          "4: min is a number, or a time in quotes");
    CHECK(dictionary_refusal(
              "format = \"jangbu-dictionary/1\"\n[[column]]\nname = \"a\"\nmin = nan\n") ==
          "4: min is no finite number");
    CHECK(dictionary_refusal(
              "format = \"jangbu-dictionary/1\"\n[[column]]\nname = \"a\"\ntype = \"float\"\n") ==
          "4: a type is integer, real, boolean, time, category, text or empty");
    CHECK(dictionary_refusal("format = \"other\"\n[[column]]\nname = \"a\"\n") ==
          "1: the format is \"jangbu-dictionary/1\"");
    CHECK(dictionary_refusal("[[column]]\nname = \"a\"\n") ==
          "0: format = \"jangbu-dictionary/1\" is missing");
    CHECK(dictionary_refusal("format = \"jangbu-dictionary/1\"\n")
              .ends_with("each begins with [[column]]"));
    CHECK(dictionary_refusal("format = \"jangbu-dictionary/1\"\ntitle = \"a\ntitle")
              .starts_with("2: "));
    const auto refused = sound_dictionary("[[column]]\nname = 3\n", "d.toml");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail.starts_with("d.toml"));
}

TEST_CASE("dictionary: a draft is sound, fits its data, and loses points for what is empty") {
    test::Folder folder;
    const Profile profile =
        profile_of(folder,
                   "시각,temp(℃),\"odd \"\"name\"\"\",상태\n2026-01-01,20.5,1,a\n"
                   "2026-01-02,21.5,2,b\n2026-01-03,22.5,3,a\n2026-01-04,22,4,b\n");
    const std::string draft = draft_dictionary(profile);
    const DictionaryReading reading = read_dictionary(draft);
    for (const auto& fault : reading.faults) FAIL(fault.what);
    CHECK(compare_with_data(reading, profile).empty());
    REQUIRE(reading.dictionary.columns.size() == 4);
    CHECK(reading.dictionary.columns[2].name == "odd \"name\"");
    CHECK(reading.dictionary.columns[1].unit == "℃");
    CHECK(reading.dictionary.columns[1].low == "20.5");

    // 2 title + 4 x (meaning 3, type 1, equipment 1) + 2 numbers x (unit 2, range 2) = 30; given
    // are 4 types, one unit, two ranges: 10.
    const Completeness score = completeness(reading.dictionary);
    CHECK(score.percent == 33);
    REQUIRE(score.reasons.size() == 4);
    CHECK(score.reasons[1].what == "meaning");
    CHECK(score.reasons[1].columns == 4);
    const Dictionary full = test::must(sound_dictionary(good, "d.toml"));
    CHECK(completeness(full).percent == 81);  // the meaning of one column lacks: 13 of 16
}

TEST_CASE("dictionary: data that contradicts it is told with the lines of both") {
    test::Folder folder;
    const Profile profile = profile_of(folder, "temp,other\n20,x\n200,y\n30,z\n");
    const DictionaryReading reading = read_dictionary(good);
    const auto faults = compare_with_data(reading, profile);
    REQUIRE(faults.size() == 3);
    CHECK(faults[0].line == 5);
    CHECK(faults[0].what == "temp: 200 in line 3 of the data is above max");
    CHECK(faults[1].line == 13);
    CHECK(faults[1].what == "the data has no column at");
    CHECK(faults[2].what == "the dictionary lacks the column other");
}

TEST_CASE("profile document: the dictionary in it gives the registered hash, or it is refused") {
    test::Folder folder;
    ProfileContent content;
    content.dictionary = test::must(sound_dictionary(good, "d.toml"));
    content.profile = profile_of(folder, "temp,at,worker\n20,2026-01-01,Hong\n21,2026-01-02,Kim\n");
    const std::string text = test::must(profile_document_text(content));
    CHECK(text == test::must(profile_document_text(content)));
    // Names of persons stay at home.
    CHECK(text.find("Hong") == std::string::npos);
    const ledger::Document document{{}, std::string(profile_media_type), to_bytes(as_bytes(text))};
    const crypto::Hash hash = schema_hash(*content.dictionary);
    const ProfileDocument read = test::must(read_profile_document(document, hash));
    CHECK(read.dictionary == content.dictionary);
    CHECK(read.rows == 2);
    crypto::Hash other = hash;
    other[0] ^= 1;
    const auto refused = read_profile_document(document, other);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::verification_failed);
}

TEST_CASE("profile document: a wide table is cut down to what a document may hold") {
    test::Folder folder;
    std::string csv;
    for (int column = 0; column < 2'000; ++column)
        csv += (column > 0 ? "," : "") + std::string("signal_") + std::to_string(column);
    for (int row = 0; row < 50; ++row) {
        csv += "\n";
        for (int column = 0; column < 2'000; ++column)
            csv += (column > 0 ? "," : "") + std::to_string(row * 31 % 47 + column);
    }
    ProfileContent content;
    content.profile = profile_of(folder, csv);
    const std::string text = test::must(profile_document_text(content));
    const ledger::Document document{{}, std::string(profile_media_type), to_bytes(as_bytes(text))};
    CHECK(bcs::encode(document).size() <= ledger::limits::document_bytes_max);
    CHECK(test::must(read_profile_document(document, {})).rows == 50);
    // A copy is told once, not beside each of its likes.
    CHECK(content.profile->findings.size() < 2'000);
}
