#include "crypto/many_hashes.h"

#include "base/assert.h"
#include "crypto/cpu.h"
#include "crypto/sha2/hash_many.h"

namespace jangbu::crypto {
namespace {

using sha2::Algorithm256;
using sha2::Algorithm512;
using sha2::Kernel;

using Kernels512 = std::span<const Kernel<Algorithm512>>;
using Kernels256 = std::span<const Kernel<Algorithm256>>;

// The kernels of each tier, widest first. From how many messages on each is the fastest was
// measured (docs/performance.md, decision 10); near those numbers it matters little.
constexpr Kernel<Algorithm512> openssl512[] = {{1, 1, sha2::sha512_openssl_x1}};
constexpr Kernel<Algorithm256> openssl256[] = {{1, 1, sha2::sha256_openssl_x1}};
#if defined(__x86_64__)
constexpr Kernel<Algorithm512> avx2_512[] = {{4, 3, sha2::sha512_avx2_x4},
                                             {1, 1, sha2::sha512_openssl_x1}};
constexpr Kernel<Algorithm512> avx512_512[] = {{16, 12, sha2::sha512_avx512_x16},
                                               {8, 3, sha2::sha512_avx512_x8},
                                               {1, 1, sha2::sha512_openssl_x1}};
// Two streams of SHA instructions beat eight lanes of AVX2.
constexpr Kernel<Algorithm256> avx2_256[] = {{8, 4, sha2::sha256_avx2_x8},
                                             {1, 1, sha2::sha256_openssl_x1}};
constexpr Kernel<Algorithm256> avx2_sha_256[] = {{2, 2, sha2::sha256_sha_x2},
                                                 {1, 1, sha2::sha256_openssl_x1}};
constexpr Kernel<Algorithm256> avx512_256[] = {{32, 20, sha2::sha256_avx512_x32},
                                               {16, 4, sha2::sha256_avx512_x16},
                                               {1, 1, sha2::sha256_openssl_x1}};
constexpr Kernel<Algorithm256> avx512_sha_256[] = {{32, 24, sha2::sha256_avx512_x32},
                                                   {16, 13, sha2::sha256_avx512_x16},
                                                   {2, 2, sha2::sha256_sha_x2},
                                                   {1, 1, sha2::sha256_openssl_x1}};

Kernels512 kernels512() {
    switch (tier()) {
        case Tier::portable:
            return openssl512;
        case Tier::avx2:
            return avx2_512;
        case Tier::avx512ifma:
            return avx512_512;
    }
    return openssl512;
}

Kernels256 kernels256() {
    const bool has_sha = has_sha_instructions();
    switch (tier()) {
        case Tier::portable:
            return openssl256;
        case Tier::avx2:
            return has_sha ? Kernels256(avx2_sha_256) : Kernels256(avx2_256);
        case Tier::avx512ifma:
            return has_sha ? Kernels256(avx512_sha_256) : Kernels256(avx512_256);
    }
    return openssl256;
}
#else
Kernels512 kernels512() {
    return openssl512;
}
Kernels256 kernels256() {
    return openssl256;
}
#endif

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
    hash_many(kernels512(), from_nothing<Algorithm512>(), messages, digests);
}

void sha256_many(std::span<const MessageParts> messages, std::span<Hash> digests) {
    hash_many(kernels256(), from_nothing<Algorithm256>(), messages, digests);
}

void sha256_many(const Tag& tag, std::span<const MessageParts> messages, std::span<Hash> digests) {
    const sha2::Start<Algorithm256> start{tag.chaining_value(), 64};
    hash_many(kernels256(), start, messages, digests);
}

}  // namespace jangbu::crypto
