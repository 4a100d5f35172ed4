#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace jangbu::base {
namespace {

constexpr std::size_t read_step_bytes = 64 * 1024;

std::unexpected<Error> io_error(const char* what, const std::filesystem::path& file) {
    const int number = errno;
    const ErrorCode code = number == ENOENT   ? ErrorCode::not_found
                           : number == EEXIST ? ErrorCode::already_exists
                                              : ErrorCode::io;
    return fail(code, std::string("cannot ") + what + " " + file.string() + ": " +
                          std::generic_category().message(number));
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }

private:
    int number_;
};

// A file that is gone at the end of the scope, unless it was renamed away.
class Temporary {
public:
    explicit Temporary(const std::filesystem::path& target) : name_(target.string() + ".XXXXXX") {
        number_ = ::mkostemp(name_.data(), O_CLOEXEC);
    }
    ~Temporary() {
        if (number_ >= 0 && !renamed_) ::unlink(name_.c_str());
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;

    int number() const { return number_; }
    const char* name() const { return name_.c_str(); }
    void set_renamed() { renamed_ = true; }

private:
    std::string name_;
    int number_ = -1;
    bool renamed_ = false;
};

bool write_all(int number, ByteView content) {
    while (!content.empty()) {
        const ssize_t written = ::write(number, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
    const std::filesystem::path folder = file.parent_path();
    return folder.empty() ? std::filesystem::path(".") : folder;
}

}  // namespace

Status write_file_atomically(const std::filesystem::path& file, ByteView content, FileMode mode,
                             IfExists if_exists) {
    Temporary temporary(file);
    const Descriptor out(temporary.number());
    if (!out.is_open()) return io_error("create a file beside", file);
    if (::fchmod(out.number(), static_cast<mode_t>(mode)) != 0)
        return io_error("set mode of", file);
    if (!write_all(out.number(), content)) return io_error("write", file);
    if (::fsync(out.number()) != 0) return io_error("sync", file);

    if (if_exists == IfExists::replace) {
        if (::rename(temporary.name(), file.c_str()) != 0) return io_error("rename to", file);
        temporary.set_renamed();
    } else if (::link(temporary.name(), file.c_str()) != 0) {  // unlike rename, never replaces
        return io_error("create", file);
    }
    return sync_folder(folder_of(file));
}

Result<Bytes> read_file(const std::filesystem::path& file, std::size_t bytes_max) {
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in.is_open()) return io_error("open", file);
    Bytes content;
    while (true) {
        const std::size_t size = content.size();
        // One byte more than allowed is asked for, to tell a full file from one above the bound.
        const std::size_t step = std::min(read_step_bytes, bytes_max - size) + 1;
        content.resize(size + step);
        const ssize_t count = ::read(in.number(), content.data() + size, step);
        if (count < 0 && errno != EINTR) return io_error("read", file);
        content.resize(size + static_cast<std::size_t>(count < 0 ? 0 : count));
        if (content.size() > bytes_max)
            return fail(ErrorCode::limit_exceeded,
                        file.string() + " is above " + std::to_string(bytes_max) + " bytes");
        if (count == 0) return content;
    }
}

int make_unnamed_file(const std::filesystem::path& folder, const char* name) {
    std::string path = (folder / name).string();
    const int file = ::mkostemp(path.data(), O_CLOEXEC);
    if (file >= 0) ::unlink(path.c_str());
    return file;
}

Status sync_folder(const std::filesystem::path& folder) {
    const Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!handle.is_open()) return io_error("open folder", folder);
    if (::fsync(handle.number()) != 0) return io_error("sync folder", folder);
    return {};
}

}  // namespace jangbu::base
