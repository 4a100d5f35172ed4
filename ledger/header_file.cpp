#include "ledger/header_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/crc32c.h"
#include "base/file.h"

namespace jangbu::ledger {
namespace {

Bytes encode_record(const SignedHeader& header) {
    Bytes record = bcs::encode(header);
    JANGBU_ASSERT(record.size() == HeaderFile::header_bytes);
    const auto sum = le32(crc32c(record));
    record.insert(record.end(), sum.begin(), sum.end());
    return record;
}

std::optional<SignedHeader> decode_record(ByteView record, u64 height) {
    const ByteView header = record.first(HeaderFile::header_bytes);
    if (!std::ranges::equal(le32(crc32c(header)), record.subspan(HeaderFile::header_bytes)))
        return std::nullopt;
    auto decoded = bcs::decode<SignedHeader>(header);
    if (!decoded || decoded->header.height != height) return std::nullopt;
    return std::move(*decoded);
}

off_t offset_of(u64 height) {
    return static_cast<off_t>((height - 1) * HeaderFile::record_bytes);
}

}  // namespace

HeaderFile::~HeaderFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::unexpected<Error> HeaderFile::failed(const char* what) const {
    return fail(ErrorCode::io, std::string("cannot ") + what + " " + file_.string() + ": " +
                                   std::generic_category().message(errno));
}

Result<std::unique_ptr<HeaderFile>> HeaderFile::open(std::filesystem::path file) {
    std::unique_ptr<HeaderFile> opened(new HeaderFile(std::move(file)));
    opened->descriptor_ = ::open(opened->file_.c_str(), O_RDWR | O_CLOEXEC);
    if (opened->descriptor_ < 0 && errno != ENOENT) return opened->failed("open");
    return opened;
}

Result<u64> HeaderFile::size() const {
    if (descriptor_ < 0) return u64{0};
    struct stat found{};
    if (::fstat(descriptor_, &found) != 0) return failed("look at");
    return static_cast<u64>(found.st_size) / record_bytes;
}

Result<SignedHeader> HeaderFile::read(u64 height) const {
    std::vector<SignedHeader> one = TRY(read(height, 1));
    if (one.empty())
        return fail(ErrorCode::not_found,
                    file_.string() + " ends before height " + std::to_string(height));
    return std::move(one[0]);
}

Result<std::vector<SignedHeader>> HeaderFile::read(u64 first, std::size_t count) const {
    JANGBU_ASSERT(first > 0);
    std::vector<SignedHeader> headers;
    if (descriptor_ < 0) return headers;
    Bytes bytes(count * record_bytes);
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t got = ::pread(descriptor_, bytes.data() + have, bytes.size() - have,
                                    offset_of(first) + static_cast<off_t>(have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("read");
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    for (std::size_t i = 0; i < have / record_bytes; ++i) {
        const ByteView record = ByteView(bytes).subspan(i * record_bytes, record_bytes);
        auto header = decode_record(record, first + i);
        if (!header)
            return fail(ErrorCode::corrupted, file_.string() + ": the header of height " +
                                                  std::to_string(first + i) +
                                                  " is damaged; restore the ledger from a backup");
        headers.push_back(std::move(*header));
    }
    return headers;
}

Status HeaderFile::append(std::span<const SignedHeader> headers) {
    if (headers.empty()) return {};
    const bool is_new = descriptor_ < 0;
    if (is_new) descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return failed("create");
    Bytes bytes;
    bytes.reserve(headers.size() * record_bytes);
    for (const SignedHeader& header : headers) {
        const Bytes record = encode_record(header);
        bytes.insert(bytes.end(), record.begin(), record.end());
    }
    off_t offset = offset_of(headers.front().header.height);
    for (ByteView left = bytes; !left.empty();) {
        const ssize_t count = ::pwrite(descriptor_, left.data(), left.size(), offset);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("write");
        offset += count;
        left = left.subspan(static_cast<std::size_t>(count));
    }
    if (::fsync(descriptor_) != 0) return failed("sync");
    return is_new ? sync_folder(file_.parent_path()) : Status();
}

}  // namespace jangbu::ledger
