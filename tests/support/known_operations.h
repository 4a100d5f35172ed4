// A codec for the operations of the vectors, without the market: for tests of the ledger alone.
#pragma once

#include "tests/support/sized_operation.h"
#include "tests/support/vectors.h"

namespace jangbu::test {

// The operations that stand in the vectors, by their bytes; anything else is a fault.
class KnownOperations final : public ledger::OperationCodec {
public:
    KnownOperations() {
        const json& file = vectors("transactions.json");
        for (const char* list : {"operations", "transactions"})
            for (const json& entry : file.at(list))
                known_.push_back(bytes_of(entry.at("operation_bytes")));
    }

    void read_operation(bcs::Decoder& decoder) const override {
        for (const Bytes& operation : known_) {
            bcs::Decoder ahead = decoder;
            const ByteView taken = ahead.raw(operation.size());
            if (ahead.fault() || !std::ranges::equal(taken, operation)) continue;
            decoder.raw(operation.size());
            return;
        }
        decoder.set_fault("operation is not one of the vectors");
    }

private:
    std::vector<Bytes> known_;
};

}  // namespace jangbu::test
