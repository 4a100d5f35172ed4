#include "crypto/many_hashes.h"

#include "base/assert.h"
#include "crypto/cpu.h"
#include "crypto/sha2/hash_many.h"

namespace jangbu::crypto {
namespace {

using sha2::Kernel;
using sha2::Sha512;

// The kernels of each tier, widest first.
constexpr Kernel<Sha512> sha512_on_any[] = {{1, 1, sha2::sha512_portable}};
constexpr Kernel<sha2::Sha256> sha256_on_any[] = {{1, 1, sha2::sha256_portable}};
#if defined(__x86_64__)
constexpr Kernel<Sha512> sha512_on_avx2[] = {{4, 2, sha2::sha512_avx2_x4},
                                             {1, 1, sha2::sha512_portable}};
constexpr Kernel<sha2::Sha256> sha256_on_avx2[] = {{8, 2, sha2::sha256_avx2_x8},
                                                   {1, 1, sha2::sha256_portable}};
constexpr Kernel<Sha512> sha512_on_avx512[] = {{16, 9, sha2::sha512_avx512_x16},
                                               {8, 2, sha2::sha512_avx512_x8},
                                               {1, 1, sha2::sha512_portable}};
constexpr Kernel<sha2::Sha256> sha256_on_avx512[] = {{32, 17, sha2::sha256_avx512_x32},
                                                     {16, 2, sha2::sha256_avx512_x16},
                                                     {1, 1, sha2::sha256_portable}};
#endif

std::span<const Kernel<Sha512>> sha512_kernels() {
    switch (tier()) {
#if defined(__x86_64__)
        case Tier::avx2:
            return sha512_on_avx2;
        case Tier::avx512ifma:
            return sha512_on_avx512;
#endif
        default:
            return sha512_on_any;
    }
}

std::span<const Kernel<sha2::Sha256>> sha256_kernels() {
    switch (tier()) {
#if defined(__x86_64__)
        case Tier::avx2:
            return sha256_on_avx2;
        case Tier::avx512ifma:
            return sha256_on_avx512;
#endif
        default:
            return sha256_on_any;
    }
}

template <class Algorithm>
sha2::Start<Algorithm> from_nothing() {
    sha2::Start<Algorithm> start{{}, 0};
    std::copy_n(Algorithm::initial, 8, start.state.begin());
    return start;
}

template <class Algorithm, class Digest>
void hash_many(std::span<const Kernel<Algorithm>> kernels, const sha2::Start<Algorithm>& start,
               std::span<const MessageParts> messages, std::span<Digest> digests) {
    JANGBU_ASSERT(messages.size() == digests.size());
    const auto message = [&](std::size_t i) -> const MessageParts& { return messages[i]; };
    sha2::LaneQueue<Algorithm, decltype(message)>(kernels, start, message, digests).run();
}

}  // namespace

void sha512_many(std::span<const MessageParts> messages, std::span<Hash512> digests) {
    hash_many(sha512_kernels(), from_nothing<Sha512>(), messages, digests);
}

void sha256_many(std::span<const MessageParts> messages, std::span<Hash> digests) {
    hash_many(sha256_kernels(), from_nothing<sha2::Sha256>(), messages, digests);
}

void sha256_many(const Tag& tag, std::span<const MessageParts> messages, std::span<Hash> digests) {
    const sha2::Start<sha2::Sha256> start{tag.chaining_value(), 64};
    hash_many(sha256_kernels(), start, messages, digests);
}

}  // namespace jangbu::crypto
