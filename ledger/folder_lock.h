// FolderLock: one process at a time in a folder, until it is destroyed or the process ends.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "ledger/types.h"

namespace jangbu::ledger {

class FolderLock {
public:
    FolderLock() = default;
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

    // Makes the file. io if another holds it.
    Status take(const std::filesystem::path& file);

private:
    int descriptor_ = -1;
};

}  // namespace jangbu::ledger
