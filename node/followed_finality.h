// FollowedFinality: the signatures of the blocks that a follower is about to take, on disk before
// the first of their inputs.
//
// A follower cannot sign. When a crash falls between a block's input and its outcome, the start
// executes the input again and finds here whose word stood behind it, without asking anybody; and
// if that word was about another header, here is what convicts it. Threads: the follower's strand.
// Errors: corrupted, io.
#pragma once

#include <filesystem>

#include "ledger/evidence.h"
#include "node/follow_stream.h"

namespace jangbu::node {

class FollowedFinality {
public:
    // A file that does not exist is empty.
    static Result<FollowedFinality> open(std::filesystem::path file);

    // Replaces what is remembered. Durable when it returns.
    Status remember(std::vector<ledger::SignedHeader> headers);
    std::optional<ledger::SignedHeader> find(u64 height) const;
    // What signs a block whose outcome a crash took, without asking anybody. This outlives it.
    ledger::Chain::Signer signer() const;

private:
    explicit FollowedFinality(std::filesystem::path file) : file_(std::move(file)) {}

    std::filesystem::path file_;
    std::vector<ledger::SignedHeader> headers_;
};

}  // namespace jangbu::node
