// Whole folders: copied, and made durable.
//
// Regular files and folders only; what else stands in a folder is refused. Threads: any; nobody
// else writes there. Errors: io (names the file). Source: POSIX open, fsync.
#pragma once

#include <filesystem>

#include "base/integers.h"
#include "base/result.h"

namespace jangbu::base {

// `to` must not exist. Not durable when it returns. Gives the bytes of the files.
Result<u64> copy_folder(const std::filesystem::path& from, const std::filesystem::path& to);
// Every file and name in the folder is on disk when it returns, whoever wrote it; the folder's own
// name is not.
Status sync_all(const std::filesystem::path& folder);
// Bytes of the files in it.
Result<u64> folder_bytes(const std::filesystem::path& folder);

// A folder that only its owner reads, gone at the end of the scope.
class ScratchFolder {
public:
    // Beside `place`, so on the same disk; where that cannot be written, in the folder for
    // temporary files.
    static Result<ScratchFolder> make(const std::filesystem::path& place);
    ~ScratchFolder();
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::move(other.path_)) {
        other.path_.clear();
    }
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace jangbu::base
