#include "ledger/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace jangbu::ledger {

FolderLock::~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Status FolderLock::take(const std::filesystem::path& file) {
    descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return fail(ErrorCode::io, "cannot open " + file.string());
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorCode::io, file.string() + " is held: the ledger is open in a process");
    return {};
}

}  // namespace jangbu::ledger
