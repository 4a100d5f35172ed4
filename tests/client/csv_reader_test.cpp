#include "client/profile/csv_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "client/profile/dialect.h"
#include "client/profile/text_source.h"
#include "tests/client/folder.h"

using namespace jangbu;
using namespace jangbu::client;

namespace {

struct Rows {
    std::vector<std::vector<std::string>> rows;
    std::vector<u64> lines;
    std::vector<std::string> open;

    static void on_field(void* self, std::string_view text, u64) {
        static_cast<Rows*>(self)->open.emplace_back(text);
    }
    static void on_row(void* self, const CsvRow& row) {
        Rows& rows = *static_cast<Rows*>(self);
        CHECK(row.fields == rows.open.size());
        rows.lines.push_back(row.line);
        rows.rows.push_back(std::move(rows.open));
        rows.open.clear();
    }
};

Rows read(std::string_view text, std::size_t piece, Status* end = nullptr) {
    Rows rows;
    CsvReader reader(',', {&rows, Rows::on_field, Rows::on_row});
    for (std::size_t at = 0; at < text.size(); at += piece)
        REQUIRE(reader.feed(text.substr(at, piece)));
    const Status status = reader.finish();
    if (end) *end = status;
    return rows;
}

}  // namespace

TEST_CASE("csv reader: rows, fields and lines do not depend on how the text is cut") {
    const std::string text =
        "a,b\r\n\"two\nlines\",2\r\n\r\n3,\"say \"\"x\"\"\"\n  spaced  ,\"  kept  \"\n,\nlast,row";
    const Rows whole = read(text, text.size());
    CHECK(whole.rows == std::vector<std::vector<std::string>>{{"a", "b"},
                                                              {"two\nlines", "2"},
                                                              {"3", "say \"x\""},
                                                              {"spaced", "  kept  "},
                                                              {"", ""},
                                                              {"last", "row"}});
    CHECK(whole.lines == std::vector<u64>{1, 2, 5, 6, 7, 8});
    for (std::size_t piece = 1; piece < 20; ++piece) {
        const Rows pieces = read(text, piece);
        CHECK(pieces.rows == whole.rows);
        CHECK(pieces.lines == whole.lines);
    }
}

TEST_CASE("csv reader: an open quote at the end is told with line and column") {
    Status end;
    read("a,b\n1,\"x\ny", 100, &end);
    REQUIRE_FALSE(end);
    CHECK(end.error().detail.starts_with("line 2, column 2:"));
}

TEST_CASE("csv reader: a field above the bound is refused, one below is taken") {
    Rows rows;
    CsvReader reader(',', {&rows, Rows::on_field, Rows::on_row});
    const std::string most(CsvReader::field_bytes_max - 8192, 'x');
    REQUIRE(reader.feed("1," + most + "\n"));
    CHECK(rows.rows.size() == 1);
    const std::string more(CsvReader::field_bytes_max + 1, 'x');
    const Status status = reader.feed("2,3\n4," + more);
    REQUIRE_FALSE(status);
    CHECK(status.error().detail.starts_with("line 3, column 2:"));
}

TEST_CASE("text source: CP949 and UTF-8 characters across the end of a block stay whole") {
    test::Folder folder;
    // 한 in CP949 is C7 D1; an odd offset puts one of them across each block.
    for (const bool utf8 : {false, true}) {
        Bytes content = to_bytes(as_bytes("x"));
        const std::string_view letter = utf8 ? "한" : "\xc7\xd1";
        std::string expected = "x";
        while (content.size() < 3 * TextSource::block_bytes) {
            content.insert(content.end(), letter.begin(), letter.end());
            expected += "한";
        }
        auto source = test::must(TextSource::open(folder.write("text", content)));
        std::string text;
        for (;;) {
            const std::string_view block = test::must(source.next());
            if (block.empty()) break;
            text += block;
        }
        CHECK(text == expected);
        CHECK(source.encoding() == (utf8 ? Encoding::utf8 : Encoding::cp949));
        CHECK(source.finish());
    }
}

TEST_CASE("text source: a character that the file's end cuts is refused with its place") {
    test::Folder folder;
    auto source =
        test::must(TextSource::open(folder.write("t", as_bytes("a,b\n1,한\n2,\xed\x95"))));
    const auto block = source.next();
    REQUIRE_FALSE(block);
    CHECK(block.error().detail.starts_with("line 3, byte 3:"));
}

TEST_CASE("text source: a file that was written to since is noticed") {
    test::Folder folder;
    const auto file = folder.write("t", as_bytes("a,b\n1,2\n"));
    auto source = test::must(TextSource::open(file));
    std::ofstream(file, std::ios::app) << "3,4\n";
    CHECK(test::must(source.next()) == "a,b\n1,2\n");
    const Status status = source.finish();
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::conflict);
}

TEST_CASE("utf8 prefix: the well-formed beginning, and whether only an end is missing") {
    struct Row {
        std::string_view text;
        std::size_t good;
        bool cut;
    };
    for (const Row& row : {Row{"plain", 5, false}, Row{"한글", 6, false},
                           Row{"한\xea\xb8", 3, true}, Row{"a\xc0\xaf", 1, false},
                           Row{"\xed\xa0\x80", 0, false}, Row{"\xf4\x90\x80\x80", 0, false},
                           Row{"\xf0\x9f\x98\x80", 4, false}, Row{"\x80", 0, false}}) {
        bool cut = true;
        CHECK(utf8_prefix(row.text, &cut) == row.good);
        CHECK(cut == row.cut);
    }
}

TEST_CASE("dialect: a beginning without a line end is no table") {
    const auto dialect = find_dialect(std::string(1000, '7'), false, 100);
    REQUIRE_FALSE(dialect);
    CHECK(dialect.error().detail.starts_with("line 1, byte 1000:"));
}
