#include "ledger/segment_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/file.h"

namespace jangbu::ledger {
namespace {

constexpr std::size_t zeros_at_once = 1 << 20;

}  // namespace

SegmentFile::SegmentFile(std::filesystem::path file, int descriptor)
    : file_(std::move(file)), descriptor_(descriptor) {}

SegmentFile::~SegmentFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::filesystem::path SegmentFile::name(u32 number) {
    std::string digits = std::to_string(number);
    if (digits.size() < 8) digits.insert(0, 8 - digits.size(), '0');
    return "segment-" + digits;
}

Result<std::vector<u32>> SegmentFile::numbers(const std::filesystem::path& folder) {
    constexpr std::string_view prefix = "segment-";
    std::vector<u32> numbers;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string found = entry.path().filename().string();
        if (entry.path().extension() == ".new") continue;  // the making of one was cut short
        u32 number = 0;
        const char* end = found.data() + found.size();
        if (!found.starts_with(prefix) ||
            std::from_chars(found.data() + prefix.size(), end, number).ec != std::errc() ||
            found != name(number))
            return fail(ErrorCode::corrupted, entry.path().string() +
                                                  " does not belong here; restore the ledger from "
                                                  "a backup");
        numbers.push_back(number);
    }
    if (error)
        return fail(ErrorCode::io, "cannot read " + folder.string() + ": " + error.message());
    std::ranges::sort(numbers);
    return numbers;
}

std::unexpected<Error> SegmentFile::failed(const char* what) const {
    return fail(ErrorCode::io, std::string("cannot ") + what + " " + file_.string() + ": " +
                                   std::generic_category().message(errno));
}

Result<std::unique_ptr<SegmentFile>> SegmentFile::create(const std::filesystem::path& folder,
                                                         const segment::FileHeader& header) {
    const std::filesystem::path file = folder / name(header.number);
    const std::filesystem::path unnamed = file.string() + ".new";
    std::unique_ptr<SegmentFile> made(new SegmentFile(
        file, ::open(unnamed.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)));
    if (made->descriptor_ < 0) return made->failed("create");
    made->header_ = header;
    TRY(made->write(0, encode(header)));
    TRY(made->write_zeros(segment::header_bytes, header.size_bytes));
    if (::fsync(made->descriptor_) != 0) return made->failed("sync");
    if (::rename(unnamed.c_str(), file.c_str()) != 0) return made->failed("rename to");
    TRY(sync_folder(folder));
    return made;
}

Result<std::unique_ptr<SegmentFile>> SegmentFile::open(const std::filesystem::path& file) {
    std::unique_ptr<SegmentFile> opened(
        new SegmentFile(file, ::open(file.c_str(), O_RDWR | O_CLOEXEC)));
    if (opened->descriptor_ < 0) return opened->failed("open");
    const auto header = segment::decode_file_header(TRY(opened->read(0, segment::header_bytes)));
    if (!header)
        return fail(ErrorCode::corrupted,
                    file.string() + ": its header is damaged; restore the ledger from a backup");
    opened->header_ = *header;
    return opened;
}

Result<Bytes> SegmentFile::read(u64 offset, u64 length) const {
    Bytes bytes(length);
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t count = ::pread(descriptor_, bytes.data() + have, bytes.size() - have,
                                      static_cast<off_t>(offset + have));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("read");
        if (count == 0) break;
        have += static_cast<std::size_t>(count);
    }
    bytes.resize(have);
    return bytes;
}

Status SegmentFile::write(u64 offset, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("write");
        offset += static_cast<u64>(count);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Status SegmentFile::sync() {
#ifdef JANGBU_PLANT_SKIP_FSYNC  // tests/faults: a fault that the campaign must find
    return {};
#endif
    if (::fdatasync(descriptor_) != 0) return failed("sync");
    return {};
}

Status SegmentFile::zero_from(u64 offset) {
    TRY(write_zeros(offset, header_.size_bytes));
    if (::fsync(descriptor_) != 0) return failed("sync");
    return {};
}

Status SegmentFile::write_zeros(u64 from, u64 to) {
    const Bytes zeros(std::min<u64>(zeros_at_once, to - std::min(from, to)));
    while (from < to) {
        const u64 step = std::min<u64>(zeros.size(), to - from);
        TRY(write(from, ByteView(zeros).first(step)));
        from += step;
    }
    return {};
}

}  // namespace jangbu::ledger
