#include "node/checked_stream.h"

namespace jangbu::node {
namespace {

// The signed header fixes every field of the input that belongs to it.
bool is_named_by(const ledger::Header& header, const ledger::BlockInput& input,
                 std::span<const ledger::TxId> ids) {
    return input.height == header.height && input.epoch == header.epoch &&
           input.time_ms == header.time_ms && input.parent == header.parent &&
           input.transactions.size() == header.tx_count &&
           ledger::tx_root(ids, input.transactions) == header.tx_root;
}

}  // namespace

CheckedStream::CheckedStream(const ledger::Chain& chain, const ledger::Application& rules,
                             const ledger::Genesis& genesis, base::SideThread& side,
                             std::span<const FollowedBlock> blocks)
    : chain_(chain), rules_(rules), genesis_(genesis), side_(side), blocks_(blocks) {
    look();
}

CheckedStream::~CheckedStream() {
    [[maybe_unused]] const Status ended = side_.wait();
}

CheckedFollowed CheckedStream::next() {
    const Status ended = side_.wait();
    JANGBU_ASSERT(ended.has_value());
    CheckedFollowed found = std::move(found_);
    look();
    return found;
}

void CheckedStream::look() {
    if (blocks_.empty()) return;
    const FollowedBlock& followed = blocks_.front();
    blocks_ = blocks_.subspan(1);
    side_.start([this, &followed]() -> Status {
        found_ = looked_at(followed);
        return {};
    });
}

CheckedFollowed CheckedStream::looked_at(const FollowedBlock& followed) const {
    CheckedFollowed found;
    const ledger::Header& header = followed.header.header;
    found.header = ledger::check_signed(followed.header, genesis_);
    if (!found.header) return found;
    Result<ledger::BlockInput> input = ledger::decode_block_input(followed.input, rules_);
    if (!input) return found;
    found.block = chain_.check_ahead(std::move(*input));
    if (found.block) {
        found.is_named = is_named_by(header, found.block->input, found.block->ids);
    } else if ((input = ledger::decode_block_input(followed.input, rules_))) {
        const std::vector<ledger::TxId> ids = ledger::txids(header.chain_id, input->transactions);
        found.is_named = is_named_by(header, *input, ids);
    }
    return found;
}

}  // namespace jangbu::node
