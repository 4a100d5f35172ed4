// TakeBack: a follower's ledger at rest goes back to a lower head, so that it can follow a source
// that was restored without its newest blocks.
//
// What is left is kept first, in a file of the home: signed headers are evidence (docs/formats.md
// section 6). Refused is a home that signs, since it would sign two blocks of one height, and the
// home of a witness that cosigned a head above: its mark convicts, and must find its chain.
// Threads: the caller's. Errors: not_found, conflict (the above; no way back so far, and what to
// do), limit_exceeded, io (also if a process has the ledger open), those of Chain::open.
#pragma once

#include <filesystem>

#include "node/cosignature.h"
#include "node/follow_stream.h"

namespace jangbu::node {

// The blocks that a ledger left, as the validator signed them, and who cosigned them. What is no
// block yet has its header alone. Bodies are in it as long as there is room.
struct LeftBlocks {
    static constexpr std::size_t blocks_max = 65'536;
    static constexpr std::size_t inputs_bytes_max = 256 << 20;
    struct Block {
        ledger::SignedHeader header;
        Bytes input;  // BCS(BlockInput), or empty
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c(self.header);
            c.bytes(self.input, inputs_bytes_max);
        }
        bool operator==(const Block&) const = default;
    };
    ledger::ChainId chain;
    std::vector<Block> blocks;  // ascending by height
    std::vector<Cosignature> cosignatures;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.chain);
        c.list(self.blocks, 0, blocks_max);
        c.list(self.cosignatures, 0, 1 << 20);
    }
    bool operator==(const LeftBlocks&) const = default;
};

struct TakenBack {
    u64 from = 0;  // equal to the height: nothing was above
    u64 height = 0;
    ledger::HeaderHash head;
    std::size_t cosignatures = 0;       // of heads above
    std::filesystem::path left_blocks;  // the file
};

Result<TakenBack> take_back(const std::filesystem::path& home, u64 height);

}  // namespace jangbu::node
