// What the standard library lacks about files: their identity, a lock, and the way to durable
// storage.
//
// The only file of client that talks to the operating system, so that another system needs no
// other. Errors: io, not_found. Times in ns since the epoch of the file system.
#pragma once

#include <filesystem>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::client {

// Two equal stamps: the file was not written in between, as far as the file system tells.
struct FileStamp {
    u64 bytes = 0;
    u64 modified_ns = 0;
    u64 changed_ns = 0;  // content, mode or name
    u64 inode = 0;
    u64 device = 0;
    bool operator==(const FileStamp&) const = default;
};
Result<FileStamp> stamp_of(const std::filesystem::path& file);

// Content and length of a file that was written by ordinary streams.
Status sync_file(const std::filesystem::path& file);
// sync_file, then the new name, durable in its folder.
Status finish_file(const std::filesystem::path& written, const std::filesystem::path& final_name);

// An exclusive lock on a file, waited for, given back when the object or the process ends.
class FileLock {
public:
    static Result<std::shared_ptr<FileLock>> take(const std::filesystem::path& file);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace jangbu::client
