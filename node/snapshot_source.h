// SnapshotSource: where a follower has a snapshot from that it begins at; the seam behind which
// HTTP stands.
//
// What comes from it is believed by nobody: node/snapshot_start.h checks all of it. Threads: one.
// Errors: unavailable, not_found, not_allowed, malformed, limit_exceeded.
#pragma once

#include "ledger/snapshot_format.h"

namespace jangbu::node {

inline constexpr std::size_t header_range_max = 4'096;

// Headers in a row.
struct HeaderRange {
    std::vector<ledger::SignedHeader> headers;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.list(self.headers, 0, header_range_max);
    }
    bool operator==(const HeaderRange&) const = default;
};

class SnapshotSource {
public:
    virtual ~SnapshotSource() = default;
    virtual std::string name() const = 0;               // for messages: its URL
    virtual Result<std::vector<u64>> snapshots() = 0;   // heights
    virtual Result<HeaderRange> headers(u64 from) = 0;  // from >= 1; empty above the head
    virtual Result<Bytes> manifest(u64 height) = 0;
    virtual Result<Bytes> chunk(u64 height, std::size_t number) = 0;
    // Canonical bytes. not_found: it was pruned there; not_allowed: not for who asks.
    virtual Result<Bytes> document(const ledger::DocumentHash& hash) = 0;
};

}  // namespace jangbu::node
