// NextEpoch: what a restore leaves for the next start: the first block on top of this head opens
// this epoch. It is written once, beside a last-signed file that already stands in the new epoch
// (node/last_signed.h), so that without it nothing is signed at all.
//
// When the chain has reached the epoch the file means nothing more and stays. Bytes:
// docs/formats.md section 14. Threads: pure functions. Errors: corrupted (the file), io.
#pragma once

#include <filesystem>
#include <optional>

#include "ledger/executor.h"

namespace jangbu::node {

struct NextEpoch {
    u32 epoch = 0;
    u64 height = 0;           // of the head below
    ledger::HeaderHash head;  // its hash
    u8 reason = 0;            // ledger::EpochReason
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.epoch);
        c(self.height);
        c(self.head);
        c(self.reason);
    }
    bool operator==(const NextEpoch&) const = default;
};

// Nothing if there is no file.
Result<std::optional<NextEpoch>> read_next_epoch(const std::filesystem::path& file);
// Durable when it returns. Nothing is replaced: already_exists.
Status write_next_epoch(const std::filesystem::path& file, const NextEpoch& next);

// The transaction that opens it, in a block of this time.
ledger::Transaction opening_transaction(const NextEpoch& next, const ledger::ChainId& chain,
                                        u64 time_ms, const crypto::SigningKey& validator);

}  // namespace jangbu::node
