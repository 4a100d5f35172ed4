// FollowStream: what a node answers to who follows it: some blocks in a row, and its head.
//
// Bounded: blocks until stream_bytes_max are reached, always at least one. What a decoder takes is
// bounded by the bytes that were received. A decoded stream is the sender's word: nothing in it was
// checked yet (node/follower_engine.h). Bytes: docs/formats.md. Threads: pure functions.
// Errors: malformed; those of the stores.
#pragma once

#include "ledger/chain.h"
#include "ledger/evidence.h"
#include "ledger/outcome_record.h"

namespace jangbu::node {

inline constexpr std::size_t stream_blocks_max = 1'024;
inline constexpr std::size_t stream_bytes_max = 8 << 20;     // above it no further block is added
inline constexpr std::size_t stream_answer_max = 192 << 20;  // what a follower receives at most

struct FollowedBlock {
    ledger::SignedHeader header;
    Bytes input;                              // BCS(BlockInput)
    std::vector<ledger::Document> documents;  // that its transactions name and the sender keeps

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.header);
        c.bytes(self.input, stream_answer_max);
        c.list(self.documents, 0, 1 << 20);
    }
    bool operator==(const FollowedBlock&) const = default;
};

// Of a block that names documents which the sender pruned: what stands for them, and all receipts,
// whose root is in the header.
struct PrunedBlock {
    u64 height = 0;
    std::vector<ledger::Tombstone> tombstones;
    std::vector<ledger::ReceiptBytes> receipts;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.height);
        c.list(self.tombstones, 1, 1 << 20);
        c.list(self.receipts, 0, ledger::OutcomeRecord::receipts_max);
    }
    bool operator==(const PrunedBlock&) const = default;
};

struct FollowStream {
    ledger::SignedHeader head;          // of the sender
    std::vector<FollowedBlock> blocks;  // heights in a row
    std::vector<PrunedBlock> pruned;    // of some of them, ascending; then the version is 2

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        u8 version = self.pruned.empty() ? 1 : 2;
        c(version);
        if constexpr (Codec::decoding)
            if (version != 1 && version != 2) c.set_fault("unknown version");
        c(self.head);
        c.list(self.blocks, 0, stream_blocks_max);
        if (version == 2)
            c.ascending(self.pruned, 1, stream_blocks_max,
                        [](const PrunedBlock& one) { return one.height; });
    }
    bool operator==(const FollowStream&) const = default;
};

// The blocks from a height on, as the chain has them. REQUIRES: from >= 1.
Result<FollowStream> read_stream(const ledger::Chain& chain, const ledger::Application& application,
                                 u64 from);

}  // namespace jangbu::node
