#include "base/folder.h"

#include <doctest/doctest.h>

#include "base/file.h"

using namespace jangbu;
namespace fs = std::filesystem;

TEST_CASE("folder: copied whole, its bytes counted, its scratch gone at the end") {
    fs::path place;
    {
        const auto scratch = base::ScratchFolder::make(fs::temp_directory_path() / "x").value();
        place = scratch.path();
        CHECK((fs::status(place).permissions() & fs::perms::others_all) == fs::perms::none);
        fs::create_directories(place / "from" / "deep");
        REQUIRE(write_file_atomically(place / "from" / "a", Bytes{1, 2}, FileMode::owner_only));
        REQUIRE(
            write_file_atomically(place / "from" / "deep" / "b", Bytes{3}, FileMode::owner_only));
        CHECK(base::copy_folder(place / "from", place / "to") == 3);
        CHECK(base::sync_all(place / "to").has_value());
        CHECK(base::folder_bytes(place / "to") == 3);
        CHECK(read_file(place / "to" / "deep" / "b", 10) == Bytes{3});
        CHECK(base::copy_folder(place / "none", place / "other").error().code == ErrorCode::io);
        // A name that leads elsewhere would not be a copy.
        fs::create_symlink("/etc", place / "from" / "link");
        CHECK(base::copy_folder(place / "from", place / "third").error().code == ErrorCode::io);
        CHECK(base::sync_all(place / "from").error().code == ErrorCode::io);
    }
    CHECK_FALSE(fs::exists(place));
}
