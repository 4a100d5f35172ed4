// CheckedStream: the blocks of one answer to a follower, in their order; while one is executed, the
// next is decoded and checked on another thread: header, ids, form, signatures.
//
// What a look finds out is judged by who takes the block (node/follower_engine.h), in its order.
// Ownership: the caller keeps all alive, the blocks too; the destructor waits for a look under way.
// Threads: the follower's strand.
#pragma once

#include "base/side_thread.h"
#include "node/follow_stream.h"

namespace jangbu::node {

struct CheckedFollowed {
    Status header;          // signed by a validator
    bool is_named = false;  // the input is what the signed header names
    // If it is: the input, or why no honest node makes such a block.
    Result<ledger::CheckedBlock> block = fail(ErrorCode::malformed, "not named by its header");
};

class CheckedStream {
public:
    CheckedStream(const ledger::Chain& chain, const ledger::Application& rules,
                  const ledger::Genesis& genesis, base::SideThread& side,
                  std::span<const FollowedBlock> blocks);
    ~CheckedStream();
    CheckedStream(const CheckedStream&) = delete;
    CheckedStream& operator=(const CheckedStream&) = delete;

    // Of the next block. REQUIRES: there is one.
    CheckedFollowed next();

private:
    void look();
    CheckedFollowed looked_at(const FollowedBlock& followed) const;

    const ledger::Chain& chain_;
    const ledger::Application& rules_;
    const ledger::Genesis& genesis_;
    base::SideThread& side_;
    std::span<const FollowedBlock> blocks_;  // not looked at yet
    CheckedFollowed found_;                  // the side thread's while it looks
};

}  // namespace jangbu::node
