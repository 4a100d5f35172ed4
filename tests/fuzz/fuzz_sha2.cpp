// Each byte pair of the input is the size of one message: whatever sizes share a call, every tier
// of this CPU, wide lanes of plain words and OpenSSL give the same digests.
#include <algorithm>

#include "base/assert.h"
#include "crypto/cpu.h"
#include "crypto/many_hashes.h"
#include "crypto/sha2/compress.h"
#include "crypto/sha2/hash_many.h"
#include "crypto/sha2/word_lanes.h"

using namespace jangbu;
using namespace jangbu::crypto;

namespace {

struct Fuzz;

template <class A, std::size_t lanes>
void compress(typename A::Word (*states)[8], const u8* const* blocks, std::size_t count) {
    sha2::Compression<sha2::WordLanes<Fuzz, A, lanes>>::compress(states, blocks, count);
}

template <class A>
std::vector<ByteArray<A::digest_bytes>> emulated(std::span<const MessageParts> messages) {
    static constexpr sha2::Kernel<A> kernels[] = {{8, 3, compress<A, 8>}, {1, 1, compress<A, 1>}};
    sha2::Start<A> start{{}, 0};
    std::copy_n(A::initial, 8, start.state.begin());
    std::vector<ByteArray<A::digest_bytes>> out(messages.size());
    const auto message = [&](std::size_t i) -> const MessageParts& { return messages[i]; };
    sha2::LaneQueue<A, decltype(message)>(kernels, start, message, out).run();
    return out;
}

// Parts of the input itself, so that its bytes matter too; their sizes may pass a stage.
std::vector<MessageParts> messages_of(ByteView input) {
    static constexpr std::size_t messages_max = 40;
    std::vector<MessageParts> out;
    const auto part = [&](std::size_t from, std::size_t size) {
        from %= input.size();
        return input.subspan(from, std::min(size, input.size() - from));
    };
    for (std::size_t i = 0; i + 1 < input.size() && out.size() < messages_max; i += 2) {
        const std::size_t size = std::size_t{input[i]} * 3 + input[i + 1] % 3;
        out.push_back({part(i, size / 3), part(2 * i, size % 97), part(3 * i, size)});
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* bytes, std::size_t size) {
    const std::vector<MessageParts> messages = messages_of({bytes, size});
    std::vector<Hash512> want512;
    std::vector<Hash> want256;
    for (const MessageParts& message : messages) {
        want512.push_back(sha512({message.first, message.second, message.third}));
        want256.push_back(sha256({message.first, message.second, message.third}));
    }
    // Slow, therefore only a few.
    const std::size_t few = std::min<std::size_t>(messages.size(), 5);
    const auto first = std::span(messages).first(few);
    JANGBU_ASSERT(
        std::ranges::equal(emulated<sha2::Algorithm512>(first), std::span(want512).first(few)));
    JANGBU_ASSERT(
        std::ranges::equal(emulated<sha2::Algorithm256>(first), std::span(want256).first(few)));
    std::vector<Hash512> digests512(messages.size());
    std::vector<Hash> digests256(messages.size());
    for (const Tier tier : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
        if (!force_tier(tier)) continue;
        sha512_many(messages, digests512);
        JANGBU_ASSERT(digests512 == want512);
        sha256_many(messages, digests256);
        JANGBU_ASSERT(digests256 == want256);
    }
    return 0;
}
