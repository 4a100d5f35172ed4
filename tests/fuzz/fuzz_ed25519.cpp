// key[32] || signature[64] || message: any bytes give one verdict, alone and together, and what the
// stricter rule of libsodium accepts, ZIP-215 accepts.
#include <sodium.h>

#include <algorithm>

#include "base/assert.h"
#include "crypto/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace jangbu::crypto;
    if (size < 96) return 0;
    Claim claim;
    std::copy_n(bytes, 32, claim.key.bytes.begin());
    std::copy_n(bytes + 32, 64, claim.signature.begin());
    claim.message = {bytes + 96, size - 96};
    const bool verdict = verify(claim.key, claim.message, claim.signature);
    const Claim twice[] = {claim, claim};
    JANGBU_ASSERT(verify_many(twice) == std::vector<bool>({verdict, verdict}));
    if (crypto_sign_ed25519_verify_detached(claim.signature.data(), claim.message.data(),
                                            claim.message.size(), claim.key.bytes.data()) == 0)
        JANGBU_ASSERT(verdict);
    admissible_ed25519(claim.key);
    return 0;
}
