#include "node/follow_stream.h"

#include <set>

namespace jangbu::node {
namespace {

// A document that is no longer kept is left out: the follower says what it lacks.
Result<FollowedBlock> read_followed(const ledger::Chain& chain,
                                    const ledger::Application& application, u64 height) {
    ledger::BlockRecord record = TRY(chain.blocks().block(height));
    FollowedBlock block{{record.header, record.finality}, std::move(record.input), {}};
    const ledger::BlockInput input = TRY(ledger::decode_block_input(block.input, application));
    std::set<ledger::DocumentHash> seen;
    for (const ledger::Transaction& transaction : input.transactions)
        for (const ledger::DocumentRef& ref : application.documents(transaction.body.operation)) {
            if (!seen.insert(ref.hash).second) continue;
            if (const auto document = chain.documents().find(ref.hash))
                block.documents.push_back(*document);
        }
    return block;
}

std::size_t size_of(const FollowedBlock& block) {
    std::size_t size = block.input.size();
    for (const ledger::Document& document : block.documents) size += document.bytes.size();
    return size;
}

}  // namespace

Result<FollowStream> read_stream(const ledger::Chain& chain, const ledger::Application& application,
                                 u64 from) {
    const ledger::SnapshotPtr head = chain.head();
    FollowStream stream{{head->header, head->finality}, {}};
    std::size_t size = 0;
    for (u64 height = from; height <= head->header.height; ++height) {
        FollowedBlock block = TRY(read_followed(chain, application, height));
        const std::size_t more = size_of(block);
        if (!stream.blocks.empty() && size + more > stream_bytes_max) break;
        size += more;
        stream.blocks.push_back(std::move(block));
        if (stream.blocks.size() == stream_blocks_max) break;
    }
    return stream;
}

}  // namespace jangbu::node
