#include "node/positional_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace jangbu::node {
namespace {

std::unexpected<Error> error_of(const char* what, const std::filesystem::path& file) {
    const int number = errno;
    return fail(number == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                std::string("cannot ") + what + " " + file.string() + ": " +
                    std::generic_category().message(number));
}

}  // namespace

Result<PositionalFile> PositionalFile::open_to_read(const std::filesystem::path& file) {
    const int number = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (number < 0) return error_of("open", file);
    return PositionalFile(number, file);
}

Result<PositionalFile> PositionalFile::open_to_write(const std::filesystem::path& file) {
    const int number = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (number < 0) return error_of("open", file);
    return PositionalFile(number, file);
}

PositionalFile::~PositionalFile() {
    if (number_ >= 0) ::close(number_);
}
PositionalFile::PositionalFile(PositionalFile&& other) noexcept
    : number_(std::exchange(other.number_, -1)), file_(std::move(other.file_)) {}

std::unexpected<Error> PositionalFile::io_error(const char* what) const {
    return error_of(what, file_);
}

Status PositionalFile::read(u64 offset, std::span<u8> into) const {
    while (!into.empty()) {
        const ssize_t count =
            ::pread(number_, into.data(), into.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return io_error("read");
        if (count == 0) return fail(ErrorCode::corrupted, file_.string() + " ends early");
        into = into.subspan(static_cast<std::size_t>(count));
        offset += static_cast<u64>(count);
    }
    return {};
}

Status PositionalFile::write(u64 offset, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            ::pwrite(number_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return io_error("write");
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<u64>(count);
    }
    return {};
}

Status PositionalFile::sync() {
    if (::fdatasync(number_) != 0) return io_error("sync");
    return {};
}

}  // namespace jangbu::node
