// TipFile: the tip of the block log in its second place, so that a log that lost its end is
// noticed.
//
// Two slots that take turns by height, written in place: a write that was cut short leaves the
// other one. It is durable after sync(); a loss of power may set it back by the blocks since.
// Threads: any (a mutex inside). Errors: io, corrupted (no slot is whole).
#pragma once

#include <filesystem>
#include <mutex>

#include "ledger/stores.h"

namespace jangbu::ledger {

class TipFile {
public:
    explicit TipFile(std::filesystem::path file) : file_(std::move(file)) {}
    ~TipFile();
    TipFile(const TipFile&) = delete;
    TipFile& operator=(const TipFile&) = delete;

    Result<std::optional<BlockLog::Tip>> read() const;  // nothing if there is no file
    Status write(const BlockLog::Tip& tip);
    Status sync();
    // This tip and no other, also where it is lower than the one before. Durable when it returns.
    Status replace(const BlockLog::Tip& tip);

private:
    Status make(const BlockLog::Tip& only);
    Status open(const BlockLog::Tip& first);
    std::unexpected<Error> failed(const char* what) const;

    const std::filesystem::path file_;
    mutable std::mutex mutex_;
    int descriptor_ = -1;
};

}  // namespace jangbu::ledger
