// TransactionFile: one transaction on its way from the machine that makes it, over the one that
// holds the keys, to one that reaches a node (docs/formats.md section 15).
//
// A file is whole: the ledger it is meant for, the transaction, and every document that it names.
// Threads: pure. Errors: malformed (bytes, or documents that do not belong), verification_failed
// (a false signature).
#pragma once

#include "client/node_client.h"
#include "crypto/secrets.h"
#include "ledger/transaction.h"

namespace jangbu::client {

inline constexpr std::size_t transaction_file_bytes_max = ledger::limits::bundle_bytes_max + 34;

struct TransactionFile {
    ChainId chain_id;
    bool is_signed = false;
    ledger::Transaction transaction;  // without a signature, its bytes are zero
    std::vector<ledger::Document> documents;

    TxId id() const { return ledger::txid(chain_id, transaction.body); }
    // The last millisecond of block time at which it is valid.
    u64 ends_ms() const;
    ledger::Bundle bundle() const { return {{transaction}, documents}; }
    bool operator==(const TransactionFile&) const = default;
};

Bytes encode(const TransactionFile& file);
Result<TransactionFile> decode_transaction_file(ByteView bytes);

// The same transaction with its signature. Errors: already_exists (it has one), conflict (at now_ms
// its window is over), not_allowed (its author is no transact key of this secret).
Result<TransactionFile> sign(const TransactionFile& file, const crypto::OrganisationSecret& secret,
                             u64 now_ms);

}  // namespace jangbu::client
