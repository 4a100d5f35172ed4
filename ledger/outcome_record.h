// OutcomeRecord: what the block log keeps of an executed block, beside its input (docs/formats.md
// section 14).
#pragma once

#include "ledger/block.h"

namespace jangbu::ledger {

struct ReceiptBytes {
    static constexpr std::size_t receipt_bytes_max =
        64 + limits::receipt_events_max * (limits::event_bytes_max + 2);
    Bytes bytes;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.bytes(self.bytes, receipt_bytes_max);
    }
    bool operator==(const ReceiptBytes&) const = default;
};

struct OutcomeRecord {
    static constexpr std::size_t receipts_max = 4 * limits::block_transactions_max;
    Header header;
    SoloFinality finality;
    std::vector<ReceiptBytes> receipts;
    std::vector<TxId> ids;  // of the input's transactions
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.header);
        c(self.finality);
        c.list(self.receipts, 0, receipts_max);
        c.list(self.ids, 0, limits::block_transactions_max);
    }
};

}  // namespace jangbu::ledger
