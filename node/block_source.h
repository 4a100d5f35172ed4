// BlockSource: where a follower has its blocks from, the seam behind which HTTP stands.
//
// What comes from it is believed by nobody: node/follower_engine.h checks all of it. Threads: one
// at a time, the follower's strand. Errors: unavailable (no answer, no such height), not_allowed,
// malformed, limit_exceeded.
#pragma once

#include "node/cosignature.h"
#include "node/follow_stream.h"

namespace jangbu::node {

class BlockSource {
public:
    virtual ~BlockSource() = default;
    virtual std::string name() const = 0;  // for messages: its URL
    virtual Result<FollowStream> blocks(u64 from_height) = 0;
    virtual Result<ledger::SignedHeader> header(u64 height) = 0;
    virtual Status publish(const Cosignature& cosignature) = 0;
};

}  // namespace jangbu::node
