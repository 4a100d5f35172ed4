#include "ledger/rejection.h"

namespace jangbu::ledger {

const char* name(Rejection rejection) {
    switch (rejection) {
        case Rejection::wrong_chain:
            return "WrongChain";
        case Rejection::outside_window:
            return "OutsideWindow";
        case Rejection::id_used:
            return "IdUsed";
        case Rejection::unknown_key:
            return "UnknownKey";
        case Rejection::key_not_valid:
            return "KeyNotValid";
        case Rejection::wrong_purpose:
            return "WrongPurpose";
        case Rejection::bad_signature:
            return "BadSignature";
        case Rejection::too_large:
            return "TooLarge";
        case Rejection::document_mismatch:
            return "DocumentMismatch";
        case Rejection::not_yet_active:
            return "NotYetActive";
        case Rejection::malformed:
            return "Malformed";
    }
    return "NotALedgerRejection";
}

}  // namespace jangbu::ledger
