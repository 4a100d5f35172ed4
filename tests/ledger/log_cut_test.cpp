// A block log that loses its end on purpose: at any height, through any number of segments.
#include "ledger/log_cut.h"

#include <doctest/doctest.h>

#include "ledger/segment_damages.h"
#include "ledger/segment_file.h"
#include "tests/ledger/plain_files.h"
#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace fs = std::filesystem;

namespace {

constexpr u64 log_blocks = 24;

// `history` tells blocks of one height apart. Some are larger than a segment.
BlockRecord forked_record(u64 height, u8 history) {
    BlockRecord record;
    record.input = Bytes(height % 7 == 0 ? 150'000 : 9'000, static_cast<u8>(height + history));
    record.header.height = height;
    record.header.time_ms = 1'000 * height + history;
    record.ids = {TxId(crypto::sha256(concat({le64(height), Bytes{history}})))};
    return record;
}
void add_history(BlockLog& log, u64 from, u64 to, u8 history) {
    for (u64 height = from; height <= to; ++height) {
        const BlockRecord record = forked_record(height, history);
        REQUIRE_OK(log.append_input(height, record.input));
        REQUIRE_OK(log.put_outcome(height, record, record.ids));
    }
}
// The first `kept` of history 0, the others of history 1.
void check_history(const BlockLog& log, u64 kept, u64 end) {
    REQUIRE(*log.last_input_height() == end);
    for (u64 height = 1; height <= end; ++height) {
        const BlockRecord expected = forked_record(height, height > kept);
        const auto block = log.block(height);
        REQUIRE_OK(block);
        CHECK(block->input == expected.input);
        CHECK(block->header == expected.header);
        CHECK(log.locate(expected.ids[0]).value() == std::pair<u64, u32>{height, 0});
    }
    CHECK_FALSE(log.input(end + 1).has_value());
    CHECK_FALSE(log.block(end + 1).has_value());
    for (u64 height = kept + 1; height <= log_blocks; ++height)
        CHECK_FALSE(log.locate(forked_record(height, 0).ids[0]).has_value());
}
BlockLog::Tip tip_at(u64 height) {
    if (height == 0) return {0, HeaderHash(ByteArray<32>{5})};
    return {height, header_hash(forked_record(height, 0).header)};
}
// As a crash leaves it just behind the mark.
LogCut mark_at(const fs::path& segments, u64 height) {
    const std::vector<u32> numbers = SegmentFile::numbers(segments).value();
    for (const u32 number : numbers) {
        const Bytes content = read_plainly(segments / SegmentFile::name(number));
        const segment::Scan scanned = segment::scan(content);
        for (const segment::Found& found : scanned.records)
            if (found.header.height == height + 1) return {tip_at(height), number, found.offset};
    }
    FAIL("no such block");
    return {};
}
std::map<std::string, Bytes> content_of(const fs::path& folder) {
    std::map<std::string, Bytes> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) all[entry.path().string()] = read_plainly(entry.path());
    return all;
}

}  // namespace

TEST_CASE("log cut: at any height the log ends there, closed or not, and goes on") {
    for (u64 height = 0; height <= log_blocks; ++height) {
        CAPTURE(height);
        TestFolder folder;
        auto log = open_block_log(folder.path, log_chain).value();
        add_history(*log, 1, log_blocks, 0);
        if (height % 2 == 0) REQUIRE_OK(log->append_input(log_blocks + 1, Bytes(10, 1)));
        REQUIRE_OK(log->cut(tip_at(height)));
        CHECK_FALSE(fs::exists(folder.path / "cut"));
        check_history(*log, height, height);
        CHECK(log->tip().value() == tip_at(height));
        if (height % 3 != 0) log = nullptr;
        if (!log) log = open_block_log(folder.path, log_chain).value();
        check_history(*log, height, height);
        CHECK(log->tip().value() == tip_at(height));
        add_history(*log, height + 1, height + 9, 1);
        check_history(*log, height, height + 9);
        log.reset();
        CHECK(segment_damages(folder.path / "segments", log_chain, false).empty());
        log = open_block_log(folder.path, log_chain).value();
        check_history(*log, height, height + 9);
        CHECK(log->tip().value()->height == height + 9);
    }
}

TEST_CASE("log cut: the mark alone ends the log, and the next append removes what is behind") {
    for (u64 height = 0; height < log_blocks; height += 3) {
        CAPTURE(height);
        TestFolder folder;
        auto log = open_block_log(folder.path, log_chain).value();
        add_history(*log, 1, log_blocks, 0);
        log.reset();
        const fs::path segments = folder.path / "segments";
        const LogCut mark = mark_at(segments, height);
        REQUIRE_OK(write_log_cut(folder.path / "cut", mark));
        // Some of the segments behind may be gone, in any order.
        std::vector<u32> numbers = SegmentFile::numbers(segments).value();
        if (height % 2 == 0 && numbers.back() > mark.segment + 1)
            fs::remove(segments / SegmentFile::name(numbers.back() - 1));
        const auto before = content_of(folder.path);
        CHECK(segment_damages(segments, log_chain, false).empty());
        log = open_block_log(folder.path, log_chain).value();
        check_history(*log, height, height);
        CHECK(log->tip().value() == tip_at(height));
        CHECK(content_of(folder.path) == before);
        add_history(*log, height + 1, height + 4, 1);
        CHECK_FALSE(fs::exists(folder.path / "cut"));
        log = nullptr;
        log = open_block_log(folder.path, log_chain).value();
        check_history(*log, height, height + 4);
    }
}

TEST_CASE("log cut: without the segment that it names the log is damaged") {
    TestFolder folder;
    auto log = open_block_log(folder.path, log_chain).value();
    add_history(*log, 1, log_blocks, 0);
    log.reset();
    const LogCut mark = mark_at(folder.path / "segments", log_blocks - 1);
    REQUIRE(mark.segment > 1);
    REQUIRE_OK(write_log_cut(folder.path / "cut", mark));
    fs::remove(folder.path / "segments" / SegmentFile::name(mark.segment));
    const auto opened = open_block_log(folder.path, log_chain);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::corrupted);
    CHECK(opened.error().detail.find("is missing") != std::string::npos);
}
