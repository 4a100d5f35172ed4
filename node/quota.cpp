#include "node/quota.h"

#include "base/assert.h"

namespace jangbu::node {
namespace {

// A full disk would stop the ledger beside the store, so the store stops earlier.
constexpr u64 disk_reserve_bytes = 256ull << 20;

}  // namespace

Status Quota::take(const ledger::OrgId& owner, u64 bytes) {
    std::error_code error;
    const std::filesystem::space_info disk = std::filesystem::space(folder_, error);
    if (error) return fail(ErrorCode::io, "cannot ask how full the disk is: " + error.message());
    if (disk.available < disk_reserve_bytes || disk.available - disk_reserve_bytes < bytes)
        return fail(ErrorCode::limit_exceeded, "the store's disk is nearly full");
    const std::scoped_lock lock(mutex_);
    u64& used = used_[owner];
    if (used > bytes_max_ || bytes_max_ - used < bytes)
        return fail(ErrorCode::limit_exceeded,
                    "quota: " + std::to_string(used) + " of " + std::to_string(bytes_max_) +
                        " bytes are in use, " + std::to_string(bytes) + " more do not fit");
    used += bytes;
    return {};
}

void Quota::give_back(const ledger::OrgId& owner, u64 bytes) {
    const std::scoped_lock lock(mutex_);
    u64& used = used_[owner];
    JANGBU_ASSERT(used >= bytes);
    used -= bytes;
}

void Quota::count(const ledger::OrgId& owner, u64 bytes) {
    const std::scoped_lock lock(mutex_);
    used_[owner] += bytes;
}

u64 Quota::used(const ledger::OrgId& owner) const {
    const std::scoped_lock lock(mutex_);
    const auto at = used_.find(owner);
    return at == used_.end() ? 0 : at->second;
}

}  // namespace jangbu::node
