#include "node/last_signed.h"

#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;
using node::LastSigned;

namespace {

LastSigned::Mark mark(u32 epoch, u64 height, std::string_view named) {
    return {epoch, height, ledger::HeaderHash(named_hash(named))};
}
LastSigned opened(const std::filesystem::path& file) {
    Result<LastSigned> last = LastSigned::open(file);
    REQUIRE_MESSAGE(last.has_value(), last.error().detail);
    return *last;
}

}  // namespace

TEST_CASE("last signed: refuses a second header at one height, also after a restart") {
    Folder folder;
    const std::filesystem::path file = folder.path / "last-signed";
    LastSigned last = opened(file);
    CHECK_FALSE(last.mark().has_value());
    REQUIRE(last.record(mark(0, 0, "genesis")).has_value());
    REQUIRE(last.record(mark(0, 1, "one")).has_value());
    CHECK(last.record(mark(0, 1, "another")).error().code == ErrorCode::conflict);
    LastSigned again = opened(file);
    CHECK(again.mark() == mark(0, 1, "one"));
    CHECK(again.record(mark(0, 1, "another")).error().code == ErrorCode::conflict);
    CHECK(again.record(mark(0, 0, "genesis")).error().code == ErrorCode::conflict);
    CHECK(again.record(mark(0, 1, "one")).has_value());  // the same again
    CHECK(again.record(mark(0, 5, "five")).has_value());
    CHECK(opened(file).mark() == mark(0, 5, "five"));
}

TEST_CASE("last signed: a new epoch may start lower, an old one is over") {
    Folder folder;
    LastSigned last = opened(folder.path / "last-signed");
    REQUIRE(last.record(mark(0, 0, "genesis")).has_value());
    REQUIRE(last.record(mark(0, 9, "nine")).has_value());
    CHECK(last.record(mark(1, 4, "restored")).has_value());
    CHECK(last.record(mark(0, 10, "ten")).error().code == ErrorCode::conflict);
    CHECK(last.record(mark(1, 4, "other")).error().code == ErrorCode::conflict);
    CHECK(last.record(mark(1, 5, "five")).has_value());
}

TEST_CASE("last signed: a mark of a later epoch on a head waits there for that epoch") {
    Folder folder;
    const std::filesystem::path file = folder.path / "last-signed";
    REQUIRE(write_file_atomically(file, bcs::encode(mark(2, 7, "seven")), FileMode::owner_only));
    LastSigned last = opened(file);
    CHECK(last.check_head(mark(0, 7, "seven")).has_value());
    CHECK(last.awaits_epoch(mark(0, 7, "seven")) == 2);
    CHECK(last.mark() == mark(2, 7, "seven"));
    CHECK(last.record(mark(0, 7, "seven")).has_value());  // that header again, and no other
    CHECK(last.mark() == mark(2, 7, "seven"));
    CHECK(last.record(mark(0, 7, "other")).error().code == ErrorCode::conflict);
    CHECK(last.record(mark(0, 8, "eight")).error().code == ErrorCode::conflict);
    CHECK(last.record(mark(1, 8, "eight")).error().code == ErrorCode::conflict);
    for (const LastSigned::Mark& head : {mark(0, 6, "six"), mark(0, 7, "other"), mark(0, 8, "8"),
                                         mark(2, 7, "seven"), mark(3, 7, "seven")})
        CHECK_FALSE(last.awaits_epoch(head));
    for (const LastSigned::Mark& head :
         {mark(0, 6, "six"), mark(0, 7, "other"), mark(0, 8, "eight"), mark(1, 8, "eight")})
        CHECK(last.check_head(head).error().code == ErrorCode::corrupted);
    REQUIRE(last.record(mark(2, 8, "eight")).has_value());
    CHECK(last.check_head(mark(2, 8, "eight")).has_value());
    CHECK_FALSE(last.awaits_epoch(mark(2, 8, "eight")));
}

TEST_CASE("last signed: without a file only the header of genesis is signed") {
    Folder folder;
    LastSigned last = opened(folder.path / "last-signed");
    CHECK(last.record(mark(0, 7, "seven")).error().code == ErrorCode::conflict);
    CHECK_FALSE(std::filesystem::exists(folder.path / "last-signed"));
    CHECK(last.record(mark(0, 0, "genesis")).has_value());
}

TEST_CASE("last signed: compares with the head of the chain") {
    Folder folder;
    LastSigned last = opened(folder.path / "last-signed");
    CHECK(last.check_head(mark(0, 3, "three")).error().code == ErrorCode::corrupted);
    REQUIRE(last.record(mark(0, 0, "genesis")).has_value());
    REQUIRE(last.record(mark(0, 3, "three")).has_value());
    CHECK(last.check_head(mark(0, 3, "three")).has_value());
    CHECK(last.check_head(mark(0, 2, "two")).error().code == ErrorCode::corrupted);
    CHECK(last.check_head(mark(0, 3, "other")).error().code == ErrorCode::corrupted);
    CHECK(last.check_head(mark(0, 4, "four")).has_value());  // an older file: the chain leads
    CHECK(last.record(mark(0, 4, "other")).error().code == ErrorCode::conflict);
}

TEST_CASE("last signed: a damaged file refuses to open and is named") {
    Folder folder;
    const std::filesystem::path file = folder.path / "last-signed";
    LastSigned last = opened(file);
    REQUIRE(last.record(mark(0, 0, "genesis")).has_value());
    Bytes bytes = read_file(file, 100).value();
    CHECK(bytes.size() == 1 + 4 + 8 + 32);
    bytes.pop_back();
    REQUIRE(write_file_atomically(file, bytes, FileMode::owner_only).has_value());
    const Result<LastSigned> damaged = LastSigned::open(file);
    REQUIRE(!damaged.has_value());
    CHECK(damaged.error().code == ErrorCode::corrupted);
    CHECK(damaged.error().detail.find(file.string()) != std::string::npos);
}

TEST_CASE("last signed: the file is on disk before the signature exists") {
    Folder folder;
    const std::filesystem::path file = folder.path / "no-such-folder" / "last-signed";
    LastSigned last = opened(file);
    CHECK_FALSE(last.record(mark(0, 0, "genesis")).has_value());  // cannot be written
    CHECK_FALSE(last.mark().has_value());
}
