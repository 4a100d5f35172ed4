// SegmentFile: one prewritten file of the block log. Its blocks are on disk before it has its name,
// so that a record costs one write and one fdatasync, and no metadata.
//
// Threads: read() from any; write, sync and zero_from one at a time. Errors: io (names the file);
// after one the log is not used any more. Source: POSIX open, pread, pwrite, fdatasync, rename.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "ledger/segment_record.h"

namespace jangbu::ledger {

class SegmentFile {
public:
    // Written in full under another name, synced, renamed, the folder synced.
    static Result<std::unique_ptr<SegmentFile>> create(const std::filesystem::path& folder,
                                                       const segment::FileHeader& header);
    // A header that is not whole is corrupted.
    static Result<std::unique_ptr<SegmentFile>> open(const std::filesystem::path& file);
    ~SegmentFile();
    SegmentFile(const SegmentFile&) = delete;
    SegmentFile& operator=(const SegmentFile&) = delete;

    static std::filesystem::path name(u32 number);  // segment-00000001
    // Of all that stand in a folder, ascending. What is neither one nor the making of one is
    // corrupted.
    static Result<std::vector<u32>> numbers(const std::filesystem::path& folder);
    const std::filesystem::path& file() const { return file_; }
    const segment::FileHeader& header() const { return header_; }

    // Fewer bytes at the end of a file that was cut short.
    Result<Bytes> read(u64 offset, u64 length) const;
    Status write(u64 offset, ByteView bytes);
    Status sync();
    // To the end of the file, which has its full size afterwards. Durable.
    Status zero_from(u64 offset);

private:
    SegmentFile(std::filesystem::path file, int descriptor);
    std::unexpected<Error> failed(const char* what) const;
    Status write_zeros(u64 from, u64 to);

    std::filesystem::path file_;
    int descriptor_;
    segment::FileHeader header_;
};

}  // namespace jangbu::ledger
