// A message as the blocks that a compression function absorbs (FIPS 180-4, section 5).
//
// Whole blocks inside one part are given in place; what spans parts, and the padded end, is staged
// in memory of the lane. A message that fits into the stage is staged at once, so that a short one
// is a single run of blocks.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/many_hashes.h"
#include "crypto/sha2/algorithm.h"

namespace jangbu::crypto::sha2 {

// memcpy, with the sizes of keys and short messages in line.
inline void copy_part(u8* to, const u8* from, std::size_t size) {
    if (size >= 16 && size <= 32) {
        u8 head[16], tail[16];
        std::memcpy(head, from, 16);
        std::memcpy(tail, from + size - 16, 16);
        std::memcpy(to, head, 16);
        std::memcpy(to + size - 16, tail, 16);
    } else if (size > 32 && size <= 64) {
        std::memcpy(to, from, 32);
        std::memcpy(to + size - 32, from + size - 32, 32);
    } else if (size > 0) {
        std::memcpy(to, from, size);
    }
}

template <class Algorithm>
class PaddedMessage {
public:
    static constexpr std::size_t block_bytes = Algorithm::block_bytes;
    static constexpr std::size_t stage_bytes = 512;
    using Stage = u8[stage_bytes];

    // Consecutive blocks.
    struct Run {
        const u8* at = nullptr;
        std::size_t blocks = 0;
    };

    static std::size_t padded_blocks(u64 bytes) {
        return static_cast<std::size_t>((bytes + Algorithm::length_bytes) / block_bytes + 1);
    }
    static u64 bytes_of(const MessageParts& message) {
        return u64{message.first.size()} + message.second.size() + message.third.size();
    }
    static bool is_short(const MessageParts& message) {
        return padded_blocks(bytes_of(message)) <= stage_bytes / block_bytes;
    }

    PaddedMessage() = default;
    // bytes_before: what the state has absorbed already, whole blocks.
    PaddedMessage(const MessageParts& message, u64 bytes_before)
        : parts_{message.first, message.second, message.third},
          bytes_left_(bytes_of(message)),
          bytes_(bytes_before + bytes_left_) {}

    bool ended() const { return ended_; }

    // The next run; overwrites the stage. REQUIRES: not ended.
    Run next(Stage& stage) {
        const std::size_t end_blocks = padded_blocks(bytes_left_);
        if (end_blocks <= stage_bytes / block_bytes) {
            stage_end(stage, end_blocks * block_bytes);
            return {stage, end_blocks};
        }
        while (parts_[part_].empty()) ++part_;
        ByteView& rest = parts_[part_];
        if (const std::size_t whole = rest.size() / block_bytes; whole > 0) {
            const Run run{rest.data(), whole};
            rest = rest.subspan(whole * block_bytes);
            bytes_left_ -= whole * block_bytes;
            return run;
        }
        stage_bytes_of_parts(stage, block_bytes);
        return {stage, 1};
    }

private:
    void stage_bytes_of_parts(u8* to, std::size_t size) {
        bytes_left_ -= size;
        while (size > 0) {
            ByteView& rest = parts_[part_];
            const std::size_t taken = std::min(size, rest.size());
            copy_part(to, rest.data(), taken);
            rest = rest.subspan(taken);
            to += taken;
            size -= taken;
            if (rest.empty()) ++part_;
        }
    }
    // A bit 1, zeros, and the length in bits, big-endian. Less than 2^64 bits: the upper bytes of
    // the length field of SHA-512 stay zero.
    void stage_end(u8* stage, std::size_t size) {
        const auto text = static_cast<std::size_t>(bytes_left_);
        std::memset(stage + size - block_bytes, 0, block_bytes);
        if (size > block_bytes && text < size - block_bytes)
            std::memset(stage + text, 0, size - block_bytes - text);
        stage_bytes_of_parts(stage, text);
        stage[text] = 0x80;
        for (std::size_t i = 0; i < 8; ++i)
            stage[size - 1 - i] = static_cast<u8>(bytes_ * 8 >> (8 * i));
        ended_ = true;
    }

    ByteView parts_[3];
    std::size_t part_ = 0;
    u64 bytes_left_ = 0;
    u64 bytes_ = 0;
    bool ended_ = false;
};

}  // namespace jangbu::crypto::sha2
