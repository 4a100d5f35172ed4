#include "base/file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

namespace jangbu {
namespace {

namespace fs = std::filesystem;

// A folder that is gone at the end of the test.
struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "jangbu-file-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

unsigned mode_of(const fs::path& file) {
    struct stat status{};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

TEST_CASE("file: what was written is read again, of every size around a read step") {
    const Folder folder;
    for (std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 200000U}) {
        Bytes content(size);
        for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<u8>(i * 31 + i / 251);
        REQUIRE(write_file_atomically(folder.path / "f", content, FileMode::owner_only));
        CHECK(read_file(folder.path / "f", size).value() == content);
    }
    CHECK(files_in(folder.path) == 1);
}

TEST_CASE("file: a file above the bound is limit_exceeded") {
    const Folder folder;
    REQUIRE(write_file_atomically(folder.path / "f", Bytes(100), FileMode::owner_only));
    CHECK(read_file(folder.path / "f", 100).has_value());
    CHECK(read_file(folder.path / "f", 99).error().code == ErrorCode::limit_exceeded);
    CHECK(read_file(folder.path / "f", 0).error().code == ErrorCode::limit_exceeded);
    CHECK(read_file("/dev/zero", 1000000).error().code == ErrorCode::limit_exceeded);
}

TEST_CASE("file: the mode is exact, whatever the umask") {
    const Folder folder;
    const mode_t before = ::umask(0);
    CHECK(write_file_atomically(folder.path / "a", Bytes(1), FileMode::owner_only));
    ::umask(077);
    CHECK(write_file_atomically(folder.path / "b", Bytes(1), FileMode::world_readable));
    ::umask(before);
    CHECK(mode_of(folder.path / "a") == 0600);
    CHECK(mode_of(folder.path / "b") == 0644);
}

TEST_CASE("file: replaces, or refuses and leaves the file as it is") {
    const Folder folder;
    const fs::path file = folder.path / "f";
    REQUIRE(write_file_atomically(file, Bytes{1}, FileMode::owner_only, IfExists::refuse));
    const Status refused =
        write_file_atomically(file, Bytes{2}, FileMode::owner_only, IfExists::refuse);
    CHECK(refused.error().code == ErrorCode::already_exists);
    CHECK(read_file(file, 10).value() == Bytes{1});
    REQUIRE(write_file_atomically(file, Bytes{3}, FileMode::owner_only));
    CHECK(read_file(file, 10).value() == Bytes{3});
    CHECK(files_in(folder.path) == 1);
}

TEST_CASE("file: failures have their code and leave nothing behind") {
    const Folder folder;
    CHECK(read_file(folder.path / "none", 10).error().code == ErrorCode::not_found);
    CHECK(read_file(folder.path, 10).error().code == ErrorCode::io);
    const Status nowhere =
        write_file_atomically(folder.path / "none" / "f", Bytes{1}, FileMode::owner_only);
    CHECK(nowhere.error().code == ErrorCode::not_found);
    fs::create_directory(folder.path / "taken");
    std::ofstream(folder.path / "taken" / "x") << "x";
    CHECK(
        write_file_atomically(folder.path / "taken", Bytes{1}, FileMode::owner_only).error().code ==
        ErrorCode::io);
    CHECK(files_in(folder.path) == 1);
    CHECK(sync_folder(folder.path));
    CHECK(sync_folder(folder.path / "none").error().code == ErrorCode::not_found);
}

}  // namespace
}  // namespace jangbu
