// PositionalFile: an open file that is read and written at offsets. Closes itself; move only.
//
// Threads: any; reads and writes at disjoint places do not disturb each other. Sizes in bytes.
// Errors: io, not_found, corrupted (the file ends early). Source: POSIX pread, pwrite, fdatasync.
#pragma once

#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::node {

class PositionalFile {
public:
    static Result<PositionalFile> open_to_read(const std::filesystem::path& file);
    // Creates it with mode 0600 if it does not exist.
    static Result<PositionalFile> open_to_write(const std::filesystem::path& file);
    ~PositionalFile();
    PositionalFile(PositionalFile&& other) noexcept;
    PositionalFile& operator=(PositionalFile&&) = delete;

    Status read(u64 offset, std::span<u8> into) const;
    Status write(u64 offset, ByteView bytes);
    // Durable when it returns. After a failure nothing written since the last success may be relied
    // on.
    Status sync();

private:
    PositionalFile(int number, std::filesystem::path file)
        : number_(number), file_(std::move(file)) {}
    std::unexpected<Error> io_error(const char* what) const;

    int number_ = -1;
    std::filesystem::path file_;
};

}  // namespace jangbu::node
