#include "base/folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/file.h"

namespace jangbu::base {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failed(const char* what, const fs::path& file,
                              const std::error_code& error) {
    return fail(ErrorCode::io,
                std::string("cannot ") + what + " " + file.string() + ": " + error.message());
}

std::unexpected<Error> foreign(const fs::path& file) {
    return fail(ErrorCode::io, file.string() + " is neither a file nor a folder");
}

Status sync_file(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return failed("open", file, {errno, std::generic_category()});
    const int done = ::fsync(descriptor);
    const int reason = errno;
    ::close(descriptor);
    if (done != 0) return failed("sync", file, {reason, std::generic_category()});
    return {};
}

}  // namespace

Result<u64> copy_folder(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::create_directory(to, error);
    if (error) return failed("create", to, error);
    u64 bytes = 0;
    for (auto entry = fs::directory_iterator(from, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
        const fs::path target = to / entry->path().filename();
        const fs::file_status kind = entry->symlink_status(error);
        if (error) return failed("read", entry->path(), error);
        if (fs::is_directory(kind)) {
            bytes += TRY(copy_folder(entry->path(), target));
        } else if (fs::is_regular_file(kind)) {
            fs::copy_file(entry->path(), target, error);
            if (error) return failed("copy", entry->path(), error);
            bytes += fs::file_size(target, error);
            if (error) return failed("read", target, error);
        } else {
            return foreign(entry->path());
        }
    }
    if (error) return failed("read", from, error);
    return bytes;
}

Status sync_all(const fs::path& folder) {
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
        const fs::file_status kind = entry->symlink_status(error);
        if (error) return failed("read", entry->path(), error);
        if (fs::is_directory(kind))
            TRY(sync_all(entry->path()));
        else if (fs::is_regular_file(kind))
            TRY(sync_file(entry->path()));
        else
            return foreign(entry->path());
    }
    if (error) return failed("read", folder, error);
    return sync_folder(folder);
}

Result<u64> folder_bytes(const fs::path& folder) {
    std::error_code error;
    u64 bytes = 0;
    for (auto entry = fs::recursive_directory_iterator(folder, error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (!entry->is_regular_file(error) || error) continue;
        const u64 more = entry->file_size(error);
        if (!error) bytes += more;
    }
    if (error) return failed("read", folder, error);
    return bytes;
}

Result<ScratchFolder> ScratchFolder::make(const fs::path& place) {
    const fs::path parent = fs::absolute(place).parent_path();
    for (const fs::path& where : {parent, fs::temp_directory_path()}) {
        std::string name = (where / "jangbu-scratch-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) return ScratchFolder(name);
    }
    return failed("make a folder in", parent, {errno, std::generic_category()});
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace jangbu::base
