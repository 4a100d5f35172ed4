// The segment files of the block log: their bytes, and what damage at every place of them does.
#include <doctest/doctest.h>

#include "base/crc32c.h"
#include "ledger/segment_file.h"
#include "tests/ledger/plain_files.h"
#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace fs = std::filesystem;

namespace {

BlockRecord small_record(u64 height) {
    BlockRecord record;
    record.input = Bytes(20 + height, static_cast<u8>(height));
    record.header.height = height;
    record.header.time_ms = 1'000 * height;
    record.receipts = {Bytes(5, 7)};
    return record;
}
TxId small_record_id(u64 height) {
    return TxId(crypto::sha256(le64(height)));
}
void add_input(BlockLog& log, u64 height) {
    REQUIRE_OK(log.append_input(height, small_record(height).input));
}
void add_outcome(BlockLog& log, u64 height) {
    REQUIRE_OK(log.put_outcome(height, small_record(height), std::vector{small_record_id(height)}));
}

fs::path first_segment(const fs::path& folder) {
    return folder / "segments" / "segment-00000001";
}
// What is left out at the end is a warning, and here it is often.
struct Quiet {
    Quiet() { log::set_level(log::Level::error); }
    ~Quiet() { log::set_level(log::Level::warn); }
};

// How far a log goes that opens: inputs, and blocks with their outcome, all of them as they were.
struct Extent {
    u64 inputs = 0;
    u64 blocks = 0;
    bool operator==(const Extent&) const = default;
};
Extent extent(const BlockLog& log) {
    Extent found{*log.last_input_height(), 0};
    for (u64 height = 1; height <= found.inputs; ++height) {
        REQUIRE(log.input(height).value() == small_record(height).input);
        const auto block = log.block(height);
        if (!block) break;
        REQUIRE(block->header == small_record(height).header);
        REQUIRE(log.locate(small_record_id(height)).value() == std::pair<u64, u32>{height, 0});
        ++found.blocks;
    }
    return found;
}

}  // namespace

TEST_CASE("crc32c: the values of RFC 3720 appendix B.4") {
    Bytes ascending;
    for (u8 i = 0; i < 32; ++i) ascending.push_back(i);
    const Bytes descending(ascending.rbegin(), ascending.rend());
    const std::pair<Bytes, u32> cases[] = {{Bytes(32, 0), 0x8a9136aa},
                                           {Bytes(32, 0xff), 0x62a8ab43},
                                           {ascending, 0x46dd794e},
                                           {descending, 0x113fdb5c}};
    for (const auto& [bytes, value] : cases) {
        CHECK(crc32c(bytes) == value);
        CHECK(crc32c_portable(bytes) == value);
    }
    std::mt19937_64 random(1);
    for (std::size_t length = 0; length < 70; ++length) {
        Bytes bytes(length);
        for (u8& byte : bytes) byte = static_cast<u8>(random());
        CHECK(crc32c(bytes) == crc32c_portable(bytes));
    }
}

// Made by hand from docs/formats.md section 14, with the CRC of an independent implementation.
TEST_CASE("segments: golden bytes") {
    const segment::FileHeader header{1, 65'536, ChainId(ByteArray<32>{0xaa, 0xbb})};
    CHECK(to_hex(segment::encode(header)) ==
          "6a627365676d6e7401000000010000000000010000000000aabb000000000000"
          "0000000000000000000000000000000000000000000000000000000032a3b846");
    CHECK(segment::decode_file_header(segment::encode(header)) == header);
    const Bytes payload{1, 2, 3, 4, 5};
    CHECK(to_hex(segment::encode_record(segment::Kind::outcome, 7, payload)) ==
          "6a62723102000000070000000000000005000000ab8f51530000000036217599"
          "01020304050000000000000000000000");
}

TEST_CASE("segments: a header with one changed bit is none") {
    const auto file = segment::encode(segment::FileHeader{3, 65'536, log_chain});
    const auto record = segment::encode(segment::RecordHeader{segment::Kind::input, 9, 77, 5});
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
        auto bad = file;
        bad[bit / 8] ^= static_cast<u8>(1 << bit % 8);
        CHECK_FALSE(segment::decode_file_header(bad));
    }
    for (std::size_t bit = 0; bit < 8 * record.size(); ++bit) {
        auto bad = record;
        bad[bit / 8] ^= static_cast<u8>(1 << bit % 8);
        CHECK_FALSE(segment::decode_record_header(bad));
    }
}

TEST_CASE("segments: cut at every byte, the log ends at a whole record and goes on") {
    const Quiet quiet;
    TestFolder folder;
    std::vector<u64> ends;  // of the records, in order
    {
        const auto log = open_block_log(folder.path, log_chain).value();
        for (u64 height = 1; height <= 3; ++height) {
            add_input(*log, height);
            add_outcome(*log, height);
        }
    }
    const Bytes whole = read_plainly(first_segment(folder.path));
    for (const segment::Found& one : segment::scan(whole).records)
        ends.push_back(one.offset + segment::record_bytes(one.header.length));
    REQUIRE(ends.size() == 6);
    for (std::size_t size = segment::header_bytes; size <= ends.back() + 20; ++size) {
        CAPTURE(size);
        const auto records =
            static_cast<u64>(std::ranges::count_if(ends, [&](u64 end) { return end <= size; }));
        for (const bool as_zeros : {false, true}) {
            Bytes cut = whole;
            cut.resize(size);
            if (as_zeros) cut.resize(whole.size());
            write_plainly(first_segment(folder.path), cut);
            // Zeros at the end of a payload may have been there before.
            const segment::Scan found = segment::scan(cut);
            const u64 expected = as_zeros ? found.records.size() : records;
            if (as_zeros) REQUIRE(expected >= records);
            auto log = open_block_log(folder.path, log_chain).value();
            REQUIRE(extent(*log) == Extent{(expected + 1) / 2, expected / 2});
            REQUIRE(read_plainly(first_segment(folder.path)) == cut);  // reading changes nothing
            if (size % 7 != 0) continue;
            const u64 next = expected / 2 + 1;
            if (expected % 2 == 0) add_input(*log, next);
            add_outcome(*log, next);
            log.reset();
            log = open_block_log(folder.path, log_chain).value();
            REQUIRE(extent(*log) == Extent{next, next});
            REQUIRE(read_plainly(first_segment(folder.path)).size() == whole.size());
        }
    }
}

TEST_CASE("segments: one flipped bit anywhere is refused, cut off at the end, or changes nothing") {
    const Quiet quiet;
    TestFolder folder;
    {
        const auto log = open_block_log(folder.path, log_chain).value();
        for (u64 height = 1; height <= 3; ++height) {
            add_input(*log, height);
            add_outcome(*log, height);
        }
    }
    const Bytes whole = read_plainly(first_segment(folder.path));
    const auto records = segment::scan(whole).records;
    int refused = 0;
    for (std::size_t byte = 0; byte < segment::scan(whole).end + 40; ++byte) {
        CAPTURE(byte);
        Bytes bad = whole;
        bad[byte] ^= static_cast<u8>(1 << byte % 8);
        write_plainly(first_segment(folder.path), bad);
        const auto log = open_block_log(folder.path, log_chain);
        if (!log) {
            ++refused;
            CHECK(log.error().code == ErrorCode::corrupted);
            CHECK(log.error().detail.find("segment-00000001") != std::string::npos);
            CHECK(byte < records.back().offset);
            continue;
        }
        const Extent found = extent(**log);
        // Only the last record can be taken for one that was being written.
        if (found != Extent{3, 3}) {
            CHECK(found == Extent{3, 2});
            CHECK(byte >= records.back().offset);
        }
    }
    CHECK(refused > 400);
}

TEST_CASE("segments: what a loss of power leaves of an input that was never acknowledged") {
    const Quiet quiet;
    TestFolder folder;
    {
        const auto log = open_block_log(folder.path, log_chain).value();
        add_input(*log, 1);
        add_outcome(*log, 1);
        add_input(*log, 2);
        add_outcome(*log, 2);
        add_input(*log, 3);
    }
    Bytes torn = read_plainly(first_segment(folder.path));
    const auto records = segment::scan(torn).records;
    // Outcome 2 did not reach the disk, input 3 did.
    torn[records[3].offset + 40] ^= 1;
    write_plainly(first_segment(folder.path), torn);
    {
        const auto log = open_block_log(folder.path, log_chain).value();
        CHECK(extent(*log) == Extent{2, 1});
        add_outcome(*log, 2);
        CHECK(extent(*log) == Extent{2, 2});
    }
    CHECK(extent(*open_block_log(folder.path, log_chain).value()) == Extent{2, 2});
    // The same in the middle is damage.
    torn = read_plainly(first_segment(folder.path));
    torn[records[1].offset + 40] ^= 1;
    write_plainly(first_segment(folder.path), torn);
    CHECK(open_block_log(folder.path, log_chain).error().detail.find("records follow it") !=
          std::string::npos);
}

TEST_CASE("segments: many of them, and each that is missing or of another ledger is named") {
    TestFolder folder;
    const std::size_t large = 60'000;
    {
        const auto log = open_block_log(folder.path, log_chain).value();
        for (u64 height = 1; height <= 20; ++height) {
            REQUIRE_OK(log->append_input(height, Bytes(large, static_cast<u8>(height))));
            add_outcome(*log, height);
        }
        REQUIRE_OK(log->append_input(21, Bytes(3 << 20, 21)));  // larger than its segment would be
        CHECK(log->input(21).value() == Bytes(3 << 20, 21));
    }
    const auto log = [&] { return open_block_log(folder.path, log_chain); };
    for (u64 height = 1; height <= 20; ++height)
        CHECK(log().value()->input(height).value() == Bytes(large, static_cast<u8>(height)));
    const fs::path second = folder.path / "segments" / "segment-00000002";
    const Bytes kept = read_plainly(second);
    REQUIRE(fs::exists(folder.path / "segments" / "segment-00000004"));
    fs::remove(second);
    CHECK(log().error().detail.find("segment-00000002 is missing") != std::string::npos);
    fs::copy_file(first_segment(folder.path), second);
    CHECK(log().error().detail.find("segment-00000002 is another segment") != std::string::npos);
    Bytes other = kept;
    const auto header = segment::encode(segment::FileHeader{2, kept.size(), ChainId()});
    std::ranges::copy(header, other.begin());
    write_plainly(second, other);
    CHECK(log().error().code == ErrorCode::conflict);
    // Without its last record the next segment does not fit.
    other = kept;
    const auto records = segment::scan(kept).records;
    std::fill(other.begin() + static_cast<std::ptrdiff_t>(records.back().offset), other.end(),
              u8{0});
    write_plainly(second, other);
    CHECK(log().error().code == ErrorCode::corrupted);
    write_plainly(second, kept);
    CHECK(log().value()->input(21).value() == Bytes(3 << 20, 21));
}
