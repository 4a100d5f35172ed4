#include "node/follow_stream.h"

#include <set>

namespace jangbu::node {
namespace {

struct ReadBlock {
    FollowedBlock block;
    PrunedBlock pruned;  // without tombstones: nothing of it was
};

// A document that was pruned is left out, and what stands for it is sent. One that is gone without
// a tombstone is left out as well: the follower says what it lacks.
Result<ReadBlock> read_followed(const ledger::Chain& chain, const ledger::Application& application,
                                u64 height) {
    ledger::BlockRecord record = TRY(chain.blocks().block(height));
    FollowedBlock block{{record.header, record.finality}, std::move(record.input), {}};
    PrunedBlock pruned{height, {}, {}};
    const ledger::BlockInput input = TRY(ledger::decode_block_input(block.input, application));
    std::set<ledger::DocumentHash> seen;
    for (const ledger::Transaction& transaction : input.transactions)
        for (const ledger::DocumentRef& ref : application.documents(transaction.body.operation)) {
            if (!seen.insert(ref.hash).second) continue;
            if (const auto document = chain.documents().find(ref.hash))
                block.documents.push_back(*document);
            else if (const auto tombstone = TRY(chain.tombstone(ref.hash)))
                pruned.tombstones.push_back(*tombstone);
        }
    if (!pruned.tombstones.empty())
        for (Bytes& receipt : record.receipts) pruned.receipts.push_back({std::move(receipt)});
    return ReadBlock{std::move(block), std::move(pruned)};
}

std::size_t size_of(const ReadBlock& read) {
    std::size_t size = read.block.input.size();
    for (const ledger::Document& document : read.block.documents) size += document.bytes.size();
    for (const ledger::ReceiptBytes& receipt : read.pruned.receipts) size += receipt.bytes.size();
    return size;
}

}  // namespace

Result<FollowStream> read_stream(const ledger::Chain& chain, const ledger::Application& application,
                                 u64 from) {
    const ledger::SnapshotPtr head = chain.head();
    FollowStream stream{{head->header, head->finality}, {}, {}};
    std::size_t size = 0;
    for (u64 height = from; height <= head->header.height; ++height) {
        ReadBlock read = TRY(read_followed(chain, application, height));
        const std::size_t more = size_of(read);
        if (!stream.blocks.empty() && size + more > stream_bytes_max) break;
        size += more;
        stream.blocks.push_back(std::move(read.block));
        if (!read.pruned.tombstones.empty()) stream.pruned.push_back(std::move(read.pruned));
        if (stream.blocks.size() == stream_blocks_max) break;
    }
    return stream;
}

}  // namespace jangbu::node
