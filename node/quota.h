// Quota: bytes in use for each organisation, under one bound, with room left on the disk.
//
// Threads: any (a mutex inside). Errors of take: limit_exceeded (quota, disk), io.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>

#include "ledger/types.h"

namespace jangbu::node {

class Quota {
public:
    Quota(std::filesystem::path folder, u64 bytes_max)
        : folder_(std::move(folder)), bytes_max_(bytes_max) {}

    // All of it or nothing.
    Status take(const ledger::OrgId& owner, u64 bytes);
    void give_back(const ledger::OrgId& owner, u64 bytes);
    // What was found at start counts even above the bound.
    void count(const ledger::OrgId& owner, u64 bytes);
    u64 used(const ledger::OrgId& owner) const;

private:
    std::filesystem::path folder_;
    u64 bytes_max_;
    mutable std::mutex mutex_;
    std::map<ledger::OrgId, u64> used_;
};

}  // namespace jangbu::node
