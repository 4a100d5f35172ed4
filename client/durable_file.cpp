#include "client/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/file.h"

namespace jangbu::client {
namespace {

std::unexpected<Error> io_error(const char* what, const std::filesystem::path& file) {
    return fail(ErrorCode::io, std::string("cannot ") + what + " " + file.string() + ": " +
                                   std::generic_category().message(errno));
}

u64 nanoseconds(const timespec& time) {
    return static_cast<u64>(time.tv_sec) * 1'000'000'000 + static_cast<u64>(time.tv_nsec);
}

}  // namespace

Result<FileStamp> stamp_of(const std::filesystem::path& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return io_error("look at", file);
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::io, file.string() + " is not a file");
    return FileStamp{static_cast<u64>(status.st_size), nanoseconds(status.st_mtim),
                     nanoseconds(status.st_ctim), status.st_ino, status.st_dev};
}

Status sync_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return io_error("open", file);
    const bool synced = ::fsync(descriptor) == 0;
    const Status status = synced ? Status() : Status(io_error("write to disk", file));
    ::close(descriptor);
    return status;
}

Status finish_file(const std::filesystem::path& written, const std::filesystem::path& final_name) {
    TRY(sync_file(written));
    if (written != final_name) {
        std::error_code error;
        std::filesystem::rename(written, final_name, error);
        if (error)
            return fail(ErrorCode::io,
                        "cannot name " + final_name.string() + ": " + error.message());
    }
    return sync_folder(std::filesystem::absolute(final_name).parent_path());
}

Result<std::shared_ptr<FileLock>> FileLock::take(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return io_error("open", file);
    while (::flock(descriptor, LOCK_EX) != 0) {
        if (errno == EINTR) continue;
        const auto error = io_error("lock", file);
        ::close(descriptor);
        return error;
    }
    return std::shared_ptr<FileLock>(new FileLock(descriptor));
}

FileLock::~FileLock() {
    ::close(descriptor_);
}

}  // namespace jangbu::client
