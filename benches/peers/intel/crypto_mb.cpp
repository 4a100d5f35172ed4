// crypto_mb_peer: Intel's crypto_mb, eight independent verifications in lanes of AVX-512 IFMA,
// taking turns like the other programs of scripts/bench. Cofactorless, and it accepts S >= L.
#include <crypto_mb/cpu_features.h>
#include <crypto_mb/ed25519.h>

#include <array>

#include "benches/verification/methods.h"
#include "benches/verification/turns.h"

namespace jangbu::bench {
namespace {

constexpr std::size_t lanes = 8;

// Up to eight; lanes without a claim get null pointers, which the library answers with a status of
// their own.
bool are_good(std::span<const crypto::Claim> claims) {
    std::array<const ed25519_sign_component*, lanes> r{}, s{};
    std::array<const int8u*, lanes> messages{};
    std::array<int32u, lanes> sizes{};
    std::array<const ed25519_public_key*, lanes> keys{};
    for (std::size_t i = 0; i < claims.size(); ++i) {
        const crypto::Claim& claim = claims[i];
        r[i] = reinterpret_cast<const ed25519_sign_component*>(claim.signature.data());
        s[i] = reinterpret_cast<const ed25519_sign_component*>(claim.signature.data() + 32);
        messages[i] = claim.message.data();
        sizes[i] = static_cast<int32u>(claim.message.size());
        keys[i] = reinterpret_cast<const ed25519_public_key*>(claim.key.bytes.data());
    }
    const mbx_status status =
        mbx_ed25519_verify_mb8(r.data(), s.data(), messages.data(), sizes.data(), keys.data());
    for (std::size_t i = 0; i < claims.size(); ++i)
        if (MBX_GET_STS(status, static_cast<int>(i)) != MBX_STATUS_OK) return false;
    return true;
}

bool refuses_a_changed_message(const Workload& all) {
    std::vector<crypto::Claim> claims(all.claims.begin(), all.claims.begin() + lanes);
    Bytes changed = to_bytes(claims[5].message);
    changed[0] ^= 1;
    claims[5].message = changed;
    return !are_good(claims);
}

Method eight_lanes(const Workload& all) {
    return [&all, is_sound = refuses_a_changed_message(all)](
               std::size_t first, std::size_t count) -> std::optional<Timed> {
        if (!is_sound) return std::nullopt;
        const auto start = std::chrono::steady_clock::now();
        for (std::size_t done = 0; done < count; done += lanes) {
            const std::size_t size = std::min(lanes, count - done);
            if (!are_good(std::span(all.claims).subspan(first + done, size))) return std::nullopt;
        }
        return Timed{std::chrono::steady_clock::now() - start, count};
    };
}

constexpr std::array offers = {Offer{"crypto-mb", "crypto_mb", false, false, eight_lanes}};

}  // namespace

std::span<const Offer> engine_offers() {
    return {};
}

std::span<const Offer> library_offers() {
    if (mbx_get_algo_info(MBX_ALGO_ED25519) == 0) return {};  // this CPU has no AVX-512 IFMA
    return offers;
}

std::span<const Case> cases() {
    return {};
}

}  // namespace jangbu::bench

int main() {
    return jangbu::bench::serve_turns();
}
