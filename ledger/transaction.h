// Transaction, Bundle: what a member signs and what a client submits (docs/formats.md section 4).
//
// The operation inside a body belongs to the application; operations are not framed, so decoding
// asks an OperationCodec where one ends. It is kept as its canonical bytes.
#pragma once

#include <vector>

#include "base/bcs.h"
#include "ledger/document.h"
#include "ledger/limits.h"
#include "ledger/types.h"

namespace jangbu::ledger {

class OperationCodec {
public:
    virtual ~OperationCodec() = default;
    // Moves the decoder past one operation; sets its fault if the bytes are not a canonical
    // operation.
    virtual void read_operation(bcs::Decoder& decoder) const = 0;
};

struct Body {
    ByteArray<4> chain{};  // first four bytes of the chain id, for a clear error
    PublicKey author;
    u64 valid_from_ms = 0;
    u32 valid_for_ms = 0;
    ByteArray<8> salt{};
    Bytes operation;

    bool operator==(const Body&) const = default;
};

struct Transaction {
    Body body;
    Signature signature{};

    bool operator==(const Transaction&) const = default;
};

Bytes encode(const Body& body);
Bytes encode(const Transaction& transaction);
void encode(bcs::Encoder& encoder, const Transaction& transaction);
// encode(transaction).size(), without encoding it.
std::size_t encoded_size(const Transaction& transaction);
Transaction decode_transaction(bcs::Decoder& decoder, const OperationCodec& codec);
Result<Transaction> decode_transaction(ByteView bytes, const OperationCodec& codec);

// H("jangbu/tx/v1", chain_id || BCS(Body)): the whole chain id, never the signature.
TxId txid(const ChainId& chain, const Body& body);
// Of a whole block at once, in the lanes of the CPU.
std::vector<TxId> txids(const ChainId& chain, std::span<const Transaction> transactions);
// txid || signature, the entry of the transaction tree.
ByteArray<96> leaf_entry(const TxId& id, const Signature& signature);
// The leaves of a block's transaction tree. REQUIRES: one id for each transaction.
std::vector<Hash> transaction_leaves(std::span<const TxId> ids,
                                     std::span<const Transaction> transactions);
// No sum is formed, so nothing wraps.
bool window_is_valid(u64 valid_from_ms, u64 valid_for_ms, u64 block_time_ms, u64 window_max_ms);

Transaction sign(const Body& body, const ChainId& chain, const crypto::SigningKey& key);

struct Bundle {
    std::vector<Transaction> transactions;
    std::vector<Document> documents;

    bool operator==(const Bundle&) const = default;
};
Bytes encode(const Bundle& bundle);
Result<Bundle> decode_bundle(ByteView bytes, const OperationCodec& codec);

}  // namespace jangbu::ledger
