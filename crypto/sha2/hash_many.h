// Keeps the lanes of a kernel busy: a lane whose message has ended takes the next one, so messages
// of any lengths share a call.
#pragma once

#include <optional>

#include "base/assert.h"
#include "crypto/sha2/kernel.h"
#include "crypto/sha2/padded_message.h"

namespace jangbu::crypto::sha2 {

// From where every message of a call starts: the initial value, or the state after a prefix of
// whole blocks.
template <class Algorithm>
struct Start {
    std::array<typename Algorithm::Word, 8> state;
    u64 bytes_before;
};

// message(i) gives the MessageParts of message i; digests[i] is its hash.
template <class Algorithm, class Message>
class LaneQueue {
public:
    using Digest = ByteArray<Algorithm::digest_bytes>;

    // Kernels: widest first, the last of one lane.
    LaneQueue(std::span<const Kernel<Algorithm>> kernels, const Start<Algorithm>& start,
              Message message, std::span<Digest> digests)
        : kernels_(kernels), start_(start), message_(message), digests_(digests) {
        JANGBU_ASSERT(kernels.front().lanes <= lanes_max && kernels.back().lanes == 1);
    }

    void run() {
        const std::size_t lanes = kernels_.front().lanes;
        for (std::size_t l = 0; l < lanes; ++l) {
            lanes_[l].stage = l;
            std::memset(states_[l], 0, sizeof states_[l]);  // idle lanes are computed too
        }
        while (busy_ < lanes && begin(busy_)) ++busy_;
        while (busy_ > 0) step();
    }

private:
    static constexpr std::size_t lanes_max = 32;
    using Word = typename Algorithm::Word;
    using Padded = PaddedMessage<Algorithm>;

    struct Lane {
        std::size_t index;  // of its message
        std::size_t stage;
        Run run;
        std::optional<Padded> rest;  // of a long message
    };

    // Long messages first: the short ones fill the lanes that they leave.
    std::optional<std::size_t> next_message() {
        for (; pass_ < 2; ++pass_, next_ = 0)
            while (next_ < digests_.size()) {
                const std::size_t i = next_++;
                if (Padded::fits_stage(Padded::bytes_of(message_(i))) == (pass_ == 1)) return i;
            }
        return std::nullopt;
    }

    // Gives the lane its next message, if there is one.
    bool begin(std::size_t l) {
        const std::optional<std::size_t> next = next_message();
        if (!next) return false;
        Lane& lane = lanes_[l];
        const MessageParts& message = message_(*next);
        lane.index = *next;
        if (pass_ == 0) {
            lane.rest.emplace(message, start_.bytes_before);
            lane.run = lane.rest->next(stages_[lane.stage]);
        } else {
            lane.rest.reset();
            lane.run = Padded::staged(message, start_.bytes_before, stages_[lane.stage]);
        }
        std::memcpy(states_[l], start_.state.data(), sizeof states_[l]);
        return true;
    }

    const Kernel<Algorithm>& fastest() const {
        return *std::ranges::find_if(kernels_,
                                     [&](const auto& kernel) { return busy_ >= kernel.lanes_min; });
    }

    // As many blocks as every lane has ready.
    void step() {
        const Kernel<Algorithm>& kernel = fastest();
        const std::size_t used = std::min(kernel.lanes, busy_);
        const u8* blocks[lanes_max];
        std::size_t ready = lanes_[0].run.blocks;
        for (std::size_t l = 0; l < used; ++l) {
            blocks[l] = lanes_[l].run.at;
            ready = std::min(ready, lanes_[l].run.blocks);
        }
        // Idle lanes read what is there and write what nobody reads.
        for (std::size_t l = used; l < kernel.lanes; ++l) blocks[l] = blocks[0];
        kernel.compress(states_, blocks, ready);
        for (std::size_t l = used; l-- > 0;) advance(l, ready);
    }

    void advance(std::size_t l, std::size_t blocks) {
        Lane& lane = lanes_[l];
        lane.run.at += blocks * Algorithm::block_bytes;
        lane.run.blocks -= blocks;
        if (lane.run.blocks > 0) return;
        if (lane.rest && !lane.rest->ended()) {
            lane.run = lane.rest->next(stages_[lane.stage]);
            return;
        }
        write_digest(states_[l], digests_[lane.index]);
        if (!begin(l)) leave(l);
    }

    // The last busy lane moves into the place of one that has nothing left to do.
    void leave(std::size_t l) {
        const std::size_t last = --busy_;
        std::swap(lanes_[l], lanes_[last]);
        std::memcpy(states_[l], states_[last], sizeof states_[l]);
    }

    static void write_digest(const Word (&state)[8], Digest& digest) {
        for (std::size_t i = 0; i < 8; ++i)
            store_big_endian(digest.data() + i * sizeof(Word), state[i]);
    }

    std::span<const Kernel<Algorithm>> kernels_;
    const Start<Algorithm>& start_;
    Message message_;
    std::span<Digest> digests_;
    int pass_ = 0;
    std::size_t next_ = 0;
    std::size_t busy_ = 0;
    Lane lanes_[lanes_max];
    alignas(64) Word states_[lanes_max][8];
    alignas(64) typename Padded::Stage stages_[lanes_max];
};

}  // namespace jangbu::crypto::sha2
