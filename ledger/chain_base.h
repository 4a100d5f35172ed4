// ChainBase: the height up to which bodies may be gone. 0: the ledger begins at genesis here.
//
// Stands on three things in the chain folder: `headers` (every header up to the base), the folder
// `snapshots` with a verified snapshot of the base, and `base`, which is written last and makes
// both count. It only ever moves up. Threads: readers from any; mark() one at a time. Errors: io,
// corrupted, conflict (another ledger's). After a failed mark() the owner moves it no more.
#pragma once

#include <mutex>

#include "ledger/header_file.h"

namespace jangbu::ledger {

class ChainBase {
public:
    static Result<std::unique_ptr<ChainBase>> open(const std::filesystem::path& folder,
                                                   const ChainId& chain);

    u64 height() const;
    HeaderHash header_hash() const;
    HeaderFile& headers() { return *headers_; }
    const HeaderFile& headers() const { return *headers_; }
    const std::filesystem::path& snapshots() const { return snapshots_; }
    std::filesystem::path snapshot() const;  // of the base

    // Durable when it returns. REQUIRES: headers and snapshot of this height are there, and it is
    // above the present one.
    Status mark(u64 height, const HeaderHash& hash);

private:
    ChainBase(const std::filesystem::path& folder, const ChainId& chain)
        : file_(folder / "base"), snapshots_(folder / "snapshots"), chain_(chain) {}

    const std::filesystem::path file_;
    const std::filesystem::path snapshots_;
    const ChainId chain_;
    std::unique_ptr<HeaderFile> headers_;

    mutable std::mutex mutex_;  // guards the two below
    u64 height_ = 0;
    HeaderHash hash_;
};

}  // namespace jangbu::ledger
