// The plainest operation codec: for tests and fuzz targets of the ledger alone.
#pragma once

#include "ledger/transaction.h"

namespace jangbu::test {

// An operation is a length-prefixed byte string.
class SizedOperation final : public ledger::OperationCodec {
public:
    void read_operation(bcs::Decoder& decoder) const override {
        Bytes operation;
        decoder.bytes(operation, ledger::limits::transaction_bytes_max);
    }
};

}  // namespace jangbu::test
