// Rejections: deterministic, numbered, part of the protocol and of every receipt. Numbers are never
// reused.
//
// 1 to 99 belong to the ledger, 100 to 999 to the market (market/rejection.h). 0 is success.
// WrongChain, BadSignature, TooLarge, DocumentMismatch, NotYetActive and Malformed are judged
// before a block is made: a block input with such a transaction, or with a used id, is invalid as a
// whole. The others are receipts.
#pragma once

#include "base/integers.h"

namespace jangbu::ledger {

using RejectionCode = u16;
inline constexpr RejectionCode accepted = 0;

enum class Rejection : RejectionCode {
    wrong_chain = 1,
    outside_window = 2,
    id_used = 3,
    unknown_key = 4,
    key_not_valid = 5,
    wrong_purpose = 6,
    bad_signature = 7,
    too_large = 8,
    document_mismatch = 9,
    not_yet_active = 10,
    malformed = 11,
};

constexpr RejectionCode code(Rejection rejection) {
    return static_cast<RejectionCode>(rejection);
}
// "WrongChain" and so on; "NotALedgerRejection" for a number that is not the ledger's.
const char* name(Rejection rejection);

}  // namespace jangbu::ledger
