// VerdictCache: the signatures that this node found good, so that none is verified twice.
//
// A verdict is kept under the SHA-256 of all that it depends on: key, signature and message, after
// 32 bytes drawn at start, so that nobody outside can choose where a name falls. Only good verdicts
// are kept: a forger cannot push one out with bad signatures, and an absent name says nothing.
// Bounded: the newest `verdicts_max` stay and the oldest goes first, whether it was asked for or
// not; 40 bytes to 48 each, allocated at construction, nothing later.
// Threads: any (a mutex inside, taken once a call). Errors: none.
#pragma once

#include <mutex>
#include <span>
#include <vector>

#include "crypto/signature.h"

namespace jangbu::node {

class VerdictCache {
public:
    using Name = crypto::Hash;

    // REQUIRES: 1 <= verdicts_max <= 2^30.
    explicit VerdictCache(std::size_t verdicts_max);

    Name name(const crypto::Claim& claim) const;
    // good[i] = whether names[i] is kept. REQUIRES: as many as names.
    void find(std::span<const Name> names, std::span<bool> good) const;
    void add(std::span<const Name> names);  // of good signatures only
    std::size_t size() const;

private:
    static constexpr u32 nobody = ~u32{0};

    std::size_t home(const Name& name) const;
    std::size_t slot_of(const Name& name) const;  // where it stands, or the free one it would take
    void insert(const Name& name);
    void erase(const Name& name);

    const ByteArray<32> salt_ = crypto::random_array<32>();
    const std::size_t verdicts_max_;

    mutable std::mutex mutex_;  // guards all below
    std::vector<Name> ring_;    // by age, from oldest_ on once it is full
    std::size_t oldest_ = 0;
    std::vector<u32> slots_;  // open addressing with linear probing: places in ring_, or nobody
};

}  // namespace jangbu::node
