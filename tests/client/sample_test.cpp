#include "client/sample_rows.h"
#include "crypto/merkle.h"
#include "tests/client/folder.h"
#include "tests/support/vectors.h"

namespace jangbu::client {
namespace {

using test::array_of;
using test::hashes_of;
using test::json;
using test::number_of;
using test::vector_content;
using test::vectors;

TEST_CASE("sample: chunk 0 is accepted with its path, another byte or index is refused") {
    const json& file = vectors("dataset.json");
    for (const json& vector : file.at("datasets")) {
        market::Dataset dataset;
        dataset.registrant = ledger::OrgId(array_of<32>(file.at("registrant")));
        dataset.data_root = array_of<32>(vector.at("data_root"));
        dataset.byte_len = number_of(vector.at("byte_len"));
        dataset.chunk_size = vector.at("chunk_size").get<u32>();
        const Bytes content = vector_content(dataset.byte_len, number_of(vector.at("shift")));
        const std::size_t first = shape_of(dataset).data_bytes(0);
        market::Sample sample;
        sample.record =
            concat({array_of<32>(vector.at("salts").at(0)), ByteView(content).first(first)});
        for (const json& opening : vector.at("openings"))
            if (number_of(opening.at("index")) == 0) sample.path = hashes_of(opening.at("path"));
        CHECK(check_sample(sample, dataset).has_value());
        market::Sample changed = sample;
        changed.record.back() ^= 1;
        CHECK(!check_sample(changed, dataset).has_value());
        changed = sample;
        changed.index = 1;
        CHECK(!check_sample(changed, dataset).has_value());
        changed = sample;
        changed.record.push_back(0);
        CHECK(!check_sample(changed, dataset).has_value());
    }
}

// A sample of a text cut into chunks of `chunk_size` characters; check_sample is not asked.
CheckedSample cut(std::string_view text, u32 chunk_size, std::initializer_list<u64> indices) {
    CheckedSample out;
    out.dataset.byte_len = text.size();
    out.dataset.chunk_size = chunk_size;
    for (const u64 index : indices) {
        const std::string salt(crypto::fx1::salt_bytes, 's');
        const std::string record = salt + std::string(text.substr(index * chunk_size, chunk_size));
        out.chunks.push_back({index, to_bytes(as_bytes(record)), {}});
    }
    return out;
}

TEST_CASE("sample rows: rows that a chunk's end cuts are left out, neighbours are joined") {
    //                           0123456789012345678901234567890123456789
    const std::string_view text = "a,b\n1,10\n2,20\n3,30\n4,40\n5,50\n6,60\n7,70";
    auto rows = sample_rows(cut(text, 8, {0}));
    REQUIRE(rows.has_value());
    CHECK(rows->text == "a,b\n");  // 1,10 is cut
    CHECK(rows->rows == 0);
    rows = sample_rows(cut(text, 8, {0, 1, 3}));
    REQUIRE(rows.has_value());
    CHECK(rows->text == "a,b\n1,10\n2,20\n");
    CHECK(rows->rows == 2);
    rows = sample_rows(cut(text, 16, {0, 2}));
    REQUIRE(rows.has_value());
    CHECK(rows->text == "a,b\n1,10\n2,20\n7,70\n");  // 6,60 begins in a chunk that is not shown
    CHECK(rows->rows == 3);
    rows = sample_rows(cut(text, 16, {0, 1, 2}));
    REQUIRE(rows.has_value());
    CHECK(rows->text == std::string(text) + "\n");
    CHECK(rows->left_out == 0);
}

TEST_CASE("sample rows: a chunk that begins inside a quote finds back to whole rows") {
    const std::string_view text =
        "a;note\n1;\"two\nlines\"\n2;plain\n3;\"more;\nof it\"\n4;end\n5;end\n";
    const auto rows = sample_rows(cut(text, 11, {0, 1, 3, 4, 5}));
    REQUIRE(rows.has_value());
    CHECK(rows->text == "a;note\n1;\"two\nlines\"\n4;end\n5;end\n");
    CHECK(rows->left_out > 0);
}

TEST_CASE("sample rows: bytes that are no table, or a sample without chunk 0, have none") {
    CHECK(!sample_rows(cut(std::string_view("\0\1\2\n\3\n", 6), 6, {0})).has_value());
    CHECK(!sample_rows(cut("a,b\n1,2\n3,4\n", 4, {1})).has_value());
}

}  // namespace
}  // namespace jangbu::client
