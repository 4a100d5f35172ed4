// libsodium and OpenSSL: the yardsticks that every machine has.
#include <openssl/evp.h>
#include <sodium.h>

#include <array>
#include <memory>

#include "benches/verification/methods.h"

namespace jangbu::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// One claim after another through `is_good`.
template <class IsGood>
std::optional<Timed> one_by_one(std::size_t first, std::size_t count, const IsGood& is_good) {
    const Clock::time_point start = Clock::now();
    for (std::size_t i = first; i < first + count; ++i)
        if (!is_good(i)) return std::nullopt;
    return Timed{Clock::now() - start, count};
}

Method libsodium(const Workload& all) {
    return [&all](std::size_t first, std::size_t count) {
        return one_by_one(first, count, [&](std::size_t i) {
            const crypto::Claim& claim = all.claims[i];
            return crypto_sign_verify_detached(claim.signature.data(), claim.message.data(),
                                               claim.message.size(), claim.key.bytes.data()) == 0;
        });
    };
}

Key imported(const crypto::Claim& claim) {
    return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, claim.key.bytes.data(),
                                        claim.key.bytes.size()),
            EVP_PKEY_free};
}

class OpenSsl {
public:
    bool is_good(EVP_PKEY* key, const crypto::Claim& claim) const {
        EVP_MD_CTX_reset(context_.get());
        return EVP_DigestVerifyInit(context_.get(), nullptr, nullptr, nullptr, key) == 1 &&
               EVP_DigestVerify(context_.get(), claim.signature.data(), claim.signature.size(),
                                claim.message.data(), claim.message.size()) == 1;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free};
};

Method openssl(const Workload& all) {
    auto keys = std::make_shared<std::vector<Key>>();
    for (const crypto::Claim& claim : all.claims) keys->push_back(imported(claim));
    return
        [&all, keys, library = std::make_shared<OpenSsl>()](std::size_t first, std::size_t count) {
            return one_by_one(first, count, [&](std::size_t i) {
                return library->is_good((*keys)[i].get(), all.claims[i]);
            });
        };
}

Method openssl_from_bytes(const Workload& all) {
    return [&all, library = std::make_shared<OpenSsl>()](std::size_t first, std::size_t count) {
        return one_by_one(first, count, [&](std::size_t i) {
            return library->is_good(imported(all.claims[i]).get(), all.claims[i]);
        });
    };
}

constexpr std::array their_offers = {
    Offer{"libsodium", "libsodium", false, false, libsodium},
    Offer{"openssl", "OpenSSL", true, false, openssl},
    Offer{"openssl-from-bytes", "OpenSSL", false, false, openssl_from_bytes},
};

}  // namespace

std::span<const Offer> library_offers() {
    return their_offers;
}

}  // namespace jangbu::bench
