// Batches made from any bytes: every tier of this CPU, with and without remembered keys, gives each
// claim the verdict of the reference.
//
// The first two bytes choose how many claims; then each claim takes three bytes: which of the
// 32-byte strings that follow are its key, its R and its S, and how long its message is. Good
// signatures fill one batch in eight up, so that the sum over all, its halves and the tables are
// all reached; most batches are small, so that many are tried.
#include <algorithm>
#include <memory>
#include <vector>

#include "base/assert.h"
#include "crypto/batch_verifier.h"
#include "crypto/cpu.h"

namespace {

using namespace jangbu;
using namespace jangbu::crypto;

constexpr std::size_t good_claims = 80;

const std::vector<Claim>& good() {
    static std::vector<Hash> hashes;
    static std::vector<ByteArray<46>> messages;
    static const std::vector<Claim> claims = [] {
        std::vector<Claim> out;
        messages.reserve(good_claims);
        for (std::size_t i = 0; i < good_claims; ++i) {
            const SigningKey key(sha256(le32(static_cast<u32>(i % 5))));
            const Hash hash = sha256(le64(i));
            messages.push_back(signed_message(domain::transaction, hash));
            out.push_back({key.public_key(), key.sign(domain::transaction, hash), messages.back()});
        }
        return out;
    }();
    return claims;
}

// What a tier keeps from one input to the next.
struct Engine {
    KeyCache remembered{256, 8}, unknown{0, 0};
    BatchVerifier with_keys{remembered}, without_keys{unknown};
};

Engine& engine(Tier wanted) {
    static std::unique_ptr<Engine> engines[3];
    auto& slot = engines[static_cast<std::size_t>(wanted)];
    if (!slot) {
        JANGBU_ASSERT(force_tier(wanted));
        slot = std::make_unique<Engine>();
        for (const Claim& claim : good()) slot->remembered.remember(claim.key);
    }
    return *slot;
}

std::vector<Claim> read_claims(ByteView bytes) {
    const std::size_t count = bytes[0] % (bytes[0] < 240 ? 6 : 64);
    const std::size_t filled = bytes[1] % 8 == 0 ? good_claims : bytes[1] / 8 % 4;
    std::vector<Claim> claims(good().begin(), good().begin() + static_cast<std::ptrdiff_t>(filled));
    bytes = bytes.subspan(2);
    if (bytes.size() < 3 * count + 32) return claims;
    const ByteView pool = bytes.subspan(3 * count);
    const std::size_t strings = pool.size() / 32;
    for (std::size_t i = 0; i < count; ++i) {
        const auto string = [&](std::size_t which) {
            return pool.subspan(bytes[3 * i + which] % strings * 32, 32);
        };
        Claim claim;
        std::ranges::copy(string(0), claim.key.bytes.begin());
        std::ranges::copy(string(1), claim.signature.begin());
        std::ranges::copy(string(2), claim.signature.begin() + 32);
        claim.message = pool.first(std::min<std::size_t>(pool.size(), 5 * bytes[3 * i]));
        claims.push_back(claim);
    }
    return claims;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::vector<Claim> claims = read_claims({data, size});
    std::vector<bool> expected;
    for (std::size_t i = 0; i < claims.size(); ++i)
        expected.push_back(claims[i].message.data() == good()[i % good_claims].message.data() ||
                           verify(claims[i].key, claims[i].message, claims[i].signature));
    const auto verdicts = std::make_unique<bool[]>(claims.size());
    for (const Tier wanted : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
        if (!is_supported(wanted)) continue;
        Engine& of_tier = engine(wanted);
        for (BatchVerifier* verifier : {&of_tier.with_keys, &of_tier.without_keys}) {
            verifier->verify(claims, {verdicts.get(), claims.size()});
            JANGBU_ASSERT(std::ranges::equal(expected, std::span(verdicts.get(), claims.size())));
        }
    }
    return 0;
}
