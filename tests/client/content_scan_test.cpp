#include "client/profile/content_scan.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/client/folder.h"

using namespace jangbu;
using namespace jangbu::client;

namespace {

std::map<std::string, ScanFinding> scan(const test::Folder& folder, std::string_view content) {
    Progress quiet;
    std::map<std::string, ScanFinding> out;
    for (ScanFinding& finding :
         test::must(scan_file(folder.write("data", as_bytes(content)), quiet)))
        out[name_of(finding.kind)] = finding;
    return out;
}

}  // namespace

TEST_CASE("scan: the check digit of a resident registration number") {
    // 2x9+3x0+4x0+5x1+6x0+7x1+8x1+9x2+2x3+3x4+4x5+5x6 = 124; 124 mod 11 = 3; 11 - 3 = 8.
    CHECK(resident_check_digit("9001011234568"));
    CHECK_FALSE(resident_check_digit("9001011234567"));
    // A foreigner's adds two: 2x9+5x1+7x1+8x5+9x2+2x3+3x4+4x5+5x6 = 156; 156 mod 11 = 2; 9 + 2
    // = 11.
    CHECK(resident_check_digit("9001015234561"));
    CHECK_FALSE(resident_check_digit("900101123456"));
}

TEST_CASE("scan: personal data and secrets with line and byte, and no example in full") {
    test::Folder folder;
    const auto found = scan(folder,
                            "id,memo\n"
                            "1,900101-1234568\n"
                            "2,call 010-1234-5678 or 02-123-4567\n"
                            "3,hong.gildong@example.co.kr\n"
                            "4,AKIAABCDEFGHIJKLMNOP\n"
                            "5,-----BEGIN PRIVATE KEY-----\n"
                            "6,200229-3333333\n"
                            "7,+82-10-1234-5678\n"
                            "8,password: hunter22\n");
    REQUIRE(found.contains("resident_number"));
    const ScanFinding& number = found.at("resident_number");
    CHECK(number.count == 1);
    CHECK(number.places[0].line == 2);
    CHECK(number.places[0].byte == 3);
    CHECK(number.example == "90****-*******");
    CHECK(found.at("telephone").count == 3);
    CHECK(found.at("telephone").places[0].byte == 8);
    CHECK(found.at("email").count == 1);
    CHECK(found.at("email").example == "h***@example.co.kr");
    CHECK(found.at("private_key").places[0].line == 6);
    CHECK(found.at("access_key").count == 2);
    CHECK(found.at("resident_number_maybe").places[0].line == 7);
    CHECK(found.size() == 6);
}

TEST_CASE("scan: measurements, times and serial numbers are left alone") {
    test::Folder folder;
    std::string content = "time_ms,x,serial\n";
    // 13 digits of ms since 1970 look like numbers of 17 to 18 January..., one in ten passes.
    for (u64 i = 0; i < 2'000; ++i)
        content += std::to_string(1'712'051'234'000 + i * 137) + ",0.01012345678," +
                   std::to_string(40'000'000 + i) + "-0000123\n";
    content += "2026-01-05,02-05-2026,0212345678901\n10.10.10.10,a@b,x@y\n123456-7,sk-short,eyJ\n";
    CHECK(scan(folder, content).empty());
}

TEST_CASE("scan: a column of joined resident numbers is found") {
    test::Folder folder;
    std::string content = "n,no\n";
    const std::string stem = "850615123456";
    u64 written = 0;
    for (int i = 0; i < 50; ++i) {
        const std::string base = stem.substr(0, 10) + std::to_string(10 + i);
        for (char digit = '0'; digit <= '9'; ++digit)
            if (resident_check_digit(base + digit)) {
                content += std::to_string(i) + "," + base + digit + "\n";
                ++written;
            }
    }
    CHECK(written == 50);
    CHECK(scan(folder, content).at("resident_number").count == 50);
}

TEST_CASE("scan: headers that speak of persons, also in CP949") {
    test::Folder folder;
    CHECK(scan(folder, "작업자,온도\nA,1\nB,2\n").contains("person_header"));
    CHECK(scan(folder, "operator_name,temp\nA,1\nB,2\n").contains("person_header"));
    // 성명 in CP949
    CHECK(scan(folder, "\xbc\xba\xb8\xed,temp\nA,1\nB,2\n").contains("person_header"));
    CHECK_FALSE(scan(folder, "file_name,part_name\nA,1\nB,2\n").contains("person_header"));
}

TEST_CASE("scan: drawings and archives by their first bytes") {
    test::Folder folder;
    CHECK(scan(folder, "AC1032 drawing").contains("drawing"));
    CHECK(scan(folder, "ISO-10303-21;\nHEADER;\n").contains("drawing"));
    CHECK(scan(folder, "  0\nSECTION\n  2\nHEADER\n").contains("drawing"));
    CHECK(scan(folder, "%PDF-1.7\n").contains("document"));
    CHECK(scan(folder, std::string_view("PK\x03\x04xxxx", 8)).contains("not_scanned"));
}

TEST_CASE("scan: what lies across the end of a block is found once, at its place") {
    test::Folder folder;
    constexpr std::size_t block = 1 << 20;
    for (const std::size_t before :
         {std::size_t{1}, std::size_t{7}, std::size_t{13}, std::size_t{255}}) {
        std::string content(block - before, 'x');
        for (std::size_t at = 99; at < content.size(); at += 100) content[at] = '\n';
        content.replace(content.size() - 1, 1, ",");
        content +=
            "900101-1234568,hong@example.com\n" + std::string(block, 'y') + "\n010-1234-5678\n";
        const auto found = scan(folder, content);
        CHECK(found.at("resident_number").count == 1);
        CHECK(found.at("resident_number").places[0].line == (block - before) / 100 + 1);
        CHECK(found.at("email").count == 1);
        CHECK(found.at("telephone").count == 1);
        CHECK(found.at("telephone").places[0].byte == 1);
    }
}
