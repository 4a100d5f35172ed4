#include "node/committed.h"

namespace jangbu::node {

const ledger::Receipt& receipt_of(const CommittedBlock& block, std::size_t index) {
    const std::size_t system = block.receipts.size() - block.ids.size();
    return block.receipts[system + index];
}

Result<Committed> find_committed(const ledger::Chain& chain, const TxId& id) {
    const auto [height, index] = TRY(chain.blocks().locate(id));
    if (height > chain.head()->header.height)
        return fail(ErrorCode::not_found, "the transaction's block is not committed yet");
    const ledger::BlockRecord block = TRY(chain.blocks().block(height));
    const std::size_t system = block.header.receipt_count - block.header.tx_count;
    if (system + index >= block.receipts.size())
        return fail(ErrorCode::corrupted, "block " + std::to_string(height) + " lacks a receipt");
    const auto receipt = TRY(bcs::decode<ledger::Receipt>(block.receipts[system + index]));
    // The index knows half of an id, and its file has no checksum.
    if (receipt.subject != decltype(receipt.subject)(id))
        return fail(ErrorCode::not_found, "no transaction " + id.hex());
    return Committed{height, index, receipt};
}

Result<CommittedBlock> read_block(const ledger::Chain& chain, const ledger::OperationCodec& codec,
                                  u64 height) {
    const ledger::BlockRecord record = TRY(chain.blocks().block(height));
    auto snapshot = std::make_shared<ledger::Snapshot>();
    snapshot->header = record.header;
    snapshot->hash = ledger::header_hash(record.header);
    snapshot->finality = record.finality;

    CommittedBlock block;
    block.snapshot = std::move(snapshot);
    block.input = TRY(ledger::decode_block_input(record.input, codec));
    block.ids = ledger::txids(chain.id(), block.input.transactions);
    for (const Bytes& receipt : record.receipts)
        block.receipts.push_back(TRY(bcs::decode<ledger::Receipt>(receipt)));
    return block;
}

}  // namespace jangbu::node
