// HeaderFile: the signed headers of pruned heights, in one flat file of records of one size
// (docs/formats.md section 16).
//
// Height h stands at (h - 1) * record_bytes. A record has a checksum, since no hash covers the
// signature of an old header. How many of the records count is for the owner to know
// (ledger/chain_base.h); what stands behind them is written over. Threads: read() from any; append
// one at a time. Errors: io, corrupted (names the file and the height), not_found.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>

#include "ledger/block.h"

namespace jangbu::ledger {

class HeaderFile {
public:
    static constexpr std::size_t header_bytes = 391;
    static constexpr std::size_t record_bytes = header_bytes + 4;

    // The file is made by the first append.
    static Result<std::unique_ptr<HeaderFile>> open(std::filesystem::path file);
    ~HeaderFile();
    HeaderFile(const HeaderFile&) = delete;
    HeaderFile& operator=(const HeaderFile&) = delete;

    Result<u64> size() const;  // whole records
    Result<SignedHeader> read(u64 height) const;
    // Up to `count`, fewer at the end.
    Result<std::vector<SignedHeader>> read(u64 first, std::size_t count) const;
    // Durable when it returns. REQUIRES: heights in a row.
    Status append(std::span<const SignedHeader> headers);

private:
    explicit HeaderFile(std::filesystem::path file) : file_(std::move(file)) {}
    std::unexpected<Error> failed(const char* what) const;

    const std::filesystem::path file_;
    std::atomic<int> descriptor_ = -1;
};

}  // namespace jangbu::ledger
