// Outbox: a transaction is signed once, saved, then sent; a retry is the same transaction.
//
// Each act of a person has a label ("accept-<order>"). The first run drafts, signs and saves; every
// later run finds the file, asks the ledger what became of it and sends the same bytes again where
// nothing did. When the ledger can no longer take it (its window is over), the same operation is
// signed anew: its nonce is kept, so nothing is made twice. A refused one is forgotten, and the
// next run drafts afresh.
//
// Where the session only makes acts, the file holds what another home will sign, and the same rules
// hold: one act is one transaction, however often it is made, and a home that gets its keys later
// signs that one. Errors: rejected (with its number), unavailable (undecided: run again),
// and those of the draft.
#pragma once

#include <functional>

#include "client/session.h"
#include "client/transaction_file.h"
#include "market/operations.h"

namespace jangbu::client {

struct Draft {
    market::Operation operation;
    std::vector<ledger::Document> documents;
    // Windows that must not outlast a deadline are cut here; 0 = the usual 10 minutes.
    u64 valid_for_ms = 0;
};

struct Posted {
    TxId id;
    u64 height = 0;
    market::Operation operation;
    std::vector<market::Event> events;
    bool repeated = false;  // an earlier run had done it
    std::optional<market::Promise> promise;
    std::optional<ledger::Signature> promise_signature;
    // Made and not posted: the session makes acts for another home to sign. Height 0 then.
    std::optional<TransactionFile> to_sign = {};
};

Result<Posted> post(Session& session, const std::string& label,
                    const std::function<Result<Draft>()>& draft);

// Sends what another home signed; sending it again is the same transaction. Errors: as post(), and
// usage (not signed), verification_failed (another ledger), conflict (its window is over).
Result<Posted> broadcast(Session& session, const TransactionFile& file);

// The operation of an act that was begun, if any: for resuming with its nonce.
Result<std::optional<market::Operation>> begun(const Home& home, const std::string& label);
// What came of an act of this home that the ledger is known to have carried out; nothing where
// another home did it.
Result<std::optional<Posted>> done_before(Session& session, const std::string& label);
// Lets the act be done once more (another voucher, another order of the same listing). Refused
// (conflict) while the ledger has not decided about the earlier one.
Status forget(Session& session, const std::string& label);

}  // namespace jangbu::client
