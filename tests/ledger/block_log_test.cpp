// The block log and its tip in a second place.
#include <doctest/doctest.h>

#include "base/file.h"
#include "tests/ledger/plain_files.h"
#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

const ChainId other_chain(ByteArray<32>{1, 2, 4});

TxId id_at(u64 height, u8 index) {
    return TxId(crypto::sha256({le64(height), ByteView(&index, 1)}));
}

BlockRecord record_at(u64 height) {
    BlockRecord record;
    record.input = Bytes(10 * height, static_cast<u8>(height));
    record.header.height = height;
    record.header.time_ms = 1'000 * height;
    for (u64 i = 0; i < height; ++i) record.receipts.push_back(Bytes(i + 1, 7));
    record.finality.signature[0] = static_cast<u8>(height);
    return record;
}

void add(BlockLog& log, u64 height) {
    const BlockRecord record = record_at(height);
    REQUIRE_OK(log.append_input(height, record.input));
    REQUIRE_OK(log.put_outcome(height, record, std::vector{id_at(height, 0), id_at(height, 1)}));
}

}  // namespace

TEST_CASE("block log: gives back what was appended, also after it was closed") {
    TestFolder folder;
    {
        const auto log = open_block_log(folder.path, log_chain).value();
        CHECK(*log->last_input_height() == 0);
        CHECK_FALSE(*log->tip());
        for (u64 height = 1; height <= 300; ++height) add(*log, height);
    }
    const auto log = open_block_log(folder.path, log_chain).value();
    CHECK(*log->last_input_height() == 300);
    for (u64 height = 1; height <= 300; ++height) {
        const BlockRecord expected = record_at(height);
        const BlockRecord found = log->block(height).value();
        CHECK(found.input == expected.input);
        CHECK(found.header == expected.header);
        CHECK(found.receipts == expected.receipts);
        CHECK(found.finality == expected.finality);
        CHECK(*log->input(height) == expected.input);
        CHECK(*log->locate(id_at(height, 1)) == std::pair<u64, u32>{height, 1});
    }
    CHECK(*log->tip() == BlockLog::Tip{300, header_hash(record_at(300).header)});
}

TEST_CASE("block log: what is not there is not found") {
    TestFolder folder;
    const auto log = open_block_log(folder.path, log_chain).value();
    add(*log, 1);
    CHECK(log->input(2).error().code == ErrorCode::not_found);
    CHECK(log->block(0).error().code == ErrorCode::not_found);
    CHECK(log->locate(id_at(9, 9)).error().code == ErrorCode::not_found);
}

TEST_CASE("block log: an input without an outcome survives and is no block") {
    TestFolder folder;
    {
        const auto log = open_block_log(folder.path, log_chain).value();
        add(*log, 1);
        REQUIRE_OK(log->append_input(2, Bytes{9}));
    }
    const auto log = open_block_log(folder.path, log_chain).value();
    CHECK(*log->last_input_height() == 2);
    CHECK(*log->input(2) == Bytes{9});
    CHECK(log->block(2).error().code == ErrorCode::not_found);
    CHECK((*log->tip())->height == 1);
}

TEST_CASE("block log: one of another ledger is refused") {
    TestFolder folder;
    {
        add(*open_block_log(folder.path, log_chain).value(), 1);
    }
    const auto refused = open_block_log(folder.path, other_chain);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(refused.error().detail.find(other_chain.hex()) != std::string::npos);
}

TEST_CASE("block log: a folder is open once") {
    TestFolder folder;
    const auto log = open_block_log(folder.path, log_chain).value();
    const auto second = open_block_log(folder.path, log_chain);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == ErrorCode::io);
}

TEST_CASE("block log: no changed byte of the tip gives another tip") {
    TestFolder folder;
    const auto log = open_block_log(folder.path, log_chain).value();
    add(*log, 1);
    add(*log, 2);
    const std::filesystem::path file = folder.path / "head";
    const Bytes good = read_file(file, 2'000).value();
    const BlockLog::Tip one{1, header_hash(record_at(1).header)};
    const BlockLog::Tip two{2, header_hash(record_at(2).header)};
    int set_back = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        Bytes bad = good;
        bad[i] ^= 0x10;
        REQUIRE_OK(write_file_atomically(file, bad, FileMode::owner_only));
        const auto tip = log->tip();
        REQUIRE_OK(tip);
        REQUIRE((*tip == one || *tip == two));
        set_back += *tip == one ? 1 : 0;
        bad.resize(i);
        REQUIRE_OK(write_file_atomically(file, bad, FileMode::owner_only));
        CHECK(log->tip().error().code == ErrorCode::corrupted);
    }
    CHECK(set_back == 512);  // the slot of the later one
    for (const std::size_t size : {1'024u, 10'000u}) {
        REQUIRE_OK(write_file_atomically(file, Bytes(size, 1), FileMode::owner_only));
        CHECK(log->tip().error().code == ErrorCode::corrupted);
        CHECK(log->tip().error().detail.find(file.string()) != std::string::npos);
    }
}

// Found in review: a file of zeros at first would have been refused after a crash at height 1.
TEST_CASE(
    "block log: the file of the tip has one from the beginning, and each slot alone is enough") {
    TestFolder folder;
    const auto log = open_block_log(folder.path, log_chain).value();
    add(*log, 1);
    const std::filesystem::path file = folder.path / "head";
    const Bytes first = read_file(file, 2'000).value();
    CHECK(std::ranges::all_of(ByteView(first).first(512), [](u8 byte) { return byte == 0; }));
    CHECK((*log->tip())->height == 1);
    add(*log, 2);
    // A loss of power: the later slot did not reach the disk.
    REQUIRE_OK(write_file_atomically(file, first, FileMode::owner_only));
    CHECK((*log->tip())->height == 1);
}

TEST_CASE("block log: one of an earlier version is refused and stays as it is") {
    TestFolder folder;
    std::filesystem::create_directories(folder.path / "log");
    REQUIRE_OK(
        write_file_atomically(folder.path / "log" / "CURRENT", Bytes(20, 1), FileMode::owner_only));
    const auto refused = open_block_log(folder.path, log_chain);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(refused.error().detail.find("earlier version") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder.path / "segments"));
}

TEST_CASE("block log: a making of a segment that was cut short begins again") {
    TestFolder folder;
    std::filesystem::create_directories(folder.path / "segments");
    REQUIRE_OK(write_file_atomically(folder.path / "segments" / "segment-00000001.new",
                                     Bytes(20, 1), FileMode::owner_only));
    add(*open_block_log(folder.path, log_chain).value(), 1);
    CHECK(*open_block_log(folder.path, log_chain).value()->last_input_height() == 1);
}
