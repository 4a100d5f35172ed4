// A message as the blocks that a compression function absorbs (FIPS 180-4, section 5).
//
// Whole blocks inside one part are given in place; what spans parts, and the padded end, is staged
// in memory of the lane. A message that fits into the stage is staged at once, so that a short one
// is a single run of blocks.
#pragma once

#include <algorithm>
#include <cstring>

#include "crypto/many_hashes.h"
#include "crypto/sha2/algorithm.h"
#include "crypto/sha2/big_endian.h"

namespace jangbu::crypto::sha2 {

// memcpy, with the sizes of keys and short messages in line.
inline void copy_part(u8* to, ByteView part) {
    const u8* const from = part.data();
    const std::size_t size = part.size();
    if (size >= 16 && size <= 32) {
        std::memcpy(to, from, 16);
        std::memcpy(to + size - 16, from + size - 16, 16);
    } else if (size > 32 && size <= 64) {
        std::memcpy(to, from, 32);
        std::memcpy(to + size - 32, from + size - 32, 32);
    } else if (size > 0) {
        std::memcpy(to, from, size);
    }
}

// Consecutive blocks.
struct Run {
    const u8* at;
    std::size_t blocks;
};

template <class Algorithm>
class PaddedMessage {
public:
    static constexpr std::size_t block_bytes = Algorithm::block_bytes;
    static constexpr std::size_t stage_bytes = 512;
    using Stage = u8[stage_bytes];

    static u64 bytes_of(const MessageParts& message) {
        return u64{message.first.size()} + message.second.size() + message.third.size();
    }
    static std::size_t padded_blocks(u64 bytes) {
        return static_cast<std::size_t>((bytes + Algorithm::length_bytes) / block_bytes + 1);
    }
    static bool fits_stage(u64 bytes) { return padded_blocks(bytes) * block_bytes <= stage_bytes; }

    // All of a message that fits, padded, as one run. bytes_before: what the state has absorbed
    // already, whole blocks.
    static Run staged(const MessageParts& message, u64 bytes_before, Stage& stage) {
        const auto bytes = static_cast<std::size_t>(bytes_of(message));
        const std::size_t blocks = padded_blocks(bytes);
        clear_end(stage, bytes, blocks);
        copy_part(stage, message.first);
        copy_part(stage + message.first.size(), message.second);
        copy_part(stage + message.first.size() + message.second.size(), message.third);
        write_end(stage, bytes, blocks, bytes_before + bytes);
        return {stage, blocks};
    }

    // A message of any length, run by run.
    PaddedMessage(const MessageParts& message, u64 bytes_before)
        : parts_{message.first, message.second, message.third},
          left_(bytes_of(message)),
          bytes_(bytes_before + left_) {}

    bool ended() const { return ended_; }

    // The next run; overwrites the stage. REQUIRES: not ended.
    Run next(Stage& stage) {
        if (fits_stage(left_)) return last(stage);
        while (parts_[part_].empty()) ++part_;
        ByteView& rest = parts_[part_];
        if (const std::size_t whole = rest.size() / block_bytes; whole > 0) {
            const Run run{rest.data(), whole};
            rest = rest.subspan(whole * block_bytes);
            left_ -= whole * block_bytes;
            return run;
        }
        take(stage, block_bytes);
        return {stage, 1};
    }

private:
    Run last(Stage& stage) {
        const auto bytes = static_cast<std::size_t>(left_);
        const std::size_t blocks = padded_blocks(bytes);
        clear_end(stage, bytes, blocks);
        take(stage, bytes);
        write_end(stage, bytes, blocks, bytes_);
        ended_ = true;
        return {stage, blocks};
    }
    // Across the ends of parts.
    void take(u8* to, std::size_t size) {
        left_ -= size;
        while (size > 0) {
            ByteView& rest = parts_[part_];
            const std::size_t taken = std::min(size, rest.size());
            copy_part(to, rest.first(taken));
            rest = rest.subspan(taken);
            to += taken;
            size -= taken;
            if (rest.empty()) ++part_;
        }
    }

    // Zeros from the end of the text on; the last block whole, since its size is known.
    static void clear_end(u8* stage, std::size_t bytes, std::size_t blocks) {
        const std::size_t last = (blocks - 1) * block_bytes;
        // In pieces, which become vector stores; of a whole block the compiler makes a slow string
        // instruction.
        for (std::size_t at = 0; at < block_bytes; at += 32) std::memset(stage + last + at, 0, 32);
        if (bytes < last) std::memset(stage + bytes, 0, last - bytes);
    }
    // A bit 1 after the text, and at the end the length in bits. It is below 2^64, so the upper
    // half of the length field of SHA-512 stays zero.
    static void write_end(u8* stage, std::size_t bytes, std::size_t blocks, u64 bytes_in_all) {
        stage[bytes] = 0x80;
        store_big_endian(stage + blocks * block_bytes - 8, bytes_in_all * 8);
    }

    ByteView parts_[3];
    std::size_t part_ = 0;
    u64 left_;
    u64 bytes_;
    bool ended_ = false;
};

}  // namespace jangbu::crypto::sha2
